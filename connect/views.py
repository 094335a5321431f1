from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import AccountRequest, require
from accounts.rights import ACCOUNT_OWNER
from connect import services
from connect.forms import AccessRequestForm, MessageForm, by_of
from connect.models import ConnectRequest, Entry
from connect.models.request import StateConflictError

WITHDRAW = {
    "title": gettext_lazy("Withdraw the request"),
    "question": gettext_lazy("Withdraw your request for PlanRadar Connect?"),
    "consequences": [
        gettext_lazy("Customer Success stops the review."),
        gettext_lazy("What was said stays on this page, and you can ask again at any time."),
    ],
    "submit_label": gettext_lazy("Withdraw the request"),
    "danger": True,
}


@require_GET
@require(ACCOUNT_OWNER)
def request_detail(request: AccountRequest) -> HttpResponse:
    return _detail(request, MessageForm())


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def request_create(request: AccountRequest) -> HttpResponse:
    requests, is_late = ConnectRequest.objects.of(request.account), False
    initial = AccessRequestForm.initial_for(request, get_language() or "en", requests.first())
    form = AccessRequestForm(request.POST or None, initial=initial)
    if request.method == "GET":
        is_late = requests.live().exists()
    elif form.is_valid():
        if form.submit(request):
            messages.success(request, _("Thank you. Customer Success has your request and will get in touch."))
            return redirect("connect:request_detail")
        is_late = not form.errors
    if is_late:
        messages.info(request, _("Your request is with Customer Success already."))
        return redirect("connect:request_detail")
    return render(request, "connect/request_new.html", {"form": form})


@require_POST
@require(ACCOUNT_OWNER)
def message_create(request: AccountRequest, pk: int) -> HttpResponse:
    return _say(request, pk, is_answer=False)


@require_POST
@require(ACCOUNT_OWNER)
def answer_create(request: AccountRequest, pk: int) -> HttpResponse:
    return _say(request, pk, is_answer=True)


@require_http_methods(["GET", "POST"])
@require(ACCOUNT_OWNER)
def request_withdraw(request: AccountRequest, pk: int) -> HttpResponse:
    connect_request = get_object_or_404(ConnectRequest.objects.of(request.account), pk=pk)
    if request.method == "GET" and connect_request.is_open:
        return render(
            request, "connect/request_withdraw.html", WITHDRAW | {"cancel_url": reverse("connect:request_detail")}
        )
    if request.method == "POST" and _withdraw(connect_request, request):
        messages.success(request, _("Your request is withdrawn. You can ask again at any time."))
    else:
        messages.warning(request, _("Nothing was withdrawn: the request is not open any more."))
    return redirect("connect:request_detail")


def _say(request: AccountRequest, pk: int, *, is_answer: bool) -> HttpResponse:
    connect_request = get_object_or_404(ConnectRequest.objects.of(request.account), pk=pk)
    form = MessageForm(request.POST)
    if form.is_valid() and form.send(connect_request, request, is_answer=is_answer):
        messages.success(
            request, _("Customer Success has your answer.") if is_answer else _("Customer Success has your message.")
        )
        return redirect("connect:request_detail")
    return _detail(request, form)


def _withdraw(connect_request: ConnectRequest, request: AccountRequest) -> bool:
    now = timezone.now()
    try:
        services.perform(
            connect_request, lambda current: current.withdraw("", by=request.user, now=now), by=by_of(request)
        )
    except StateConflictError:
        return False
    return True


def _detail(request: AccountRequest, form: MessageForm) -> HttpResponse:
    said = Prefetch("entries", Entry.objects.for_customer(), to_attr="said")
    requests = ConnectRequest.objects.of(request.account).prefetch_related("wanted_apps", said)
    latest, *earlier = requests[:20] or [None]
    if latest and latest.state == ConnectRequest.State.NEEDS_INFORMATION:
        form["text"].label = _("Your answer")
    context = {"latest": latest, "earlier": earlier, "form": form}
    return render(request, "connect/request_detail.html", context)
