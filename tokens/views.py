from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import AccountRequest, require
from accounts.rights import API_ACCESS
from tokens.forms import TokenCreateForm, TokenForm
from tokens.models import PersonalAccessToken


@require_GET
@require(API_ACCESS)
def token_list(request: AccountRequest) -> HttpResponse:
    tokens = PersonalAccessToken.objects.of(request.membership).live()
    return render(request, "tokens/token_list.html", {"tokens": tokens})


@never_cache
@require_http_methods(["GET", "POST"])
@require(API_ACCESS)
@sensitive_variables("secret")
def token_create(request: AccountRequest) -> HttpResponse:
    """Answer the POST with the secret itself: there is nowhere it could be read a second time (R-T6)."""
    form = TokenCreateForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "tokens/token_new.html", {"form": form})
    try:
        with transaction.atomic():
            token, secret = form.issue(membership=request.membership)
    except IntegrityError:
        return render(request, "tokens/token_shown.html")
    return render(request, "tokens/token_created.html", {"token": token, "secret": secret})


@require_http_methods(["GET", "POST"])
@require(API_ACCESS)
def token_edit(request: AccountRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(PersonalAccessToken.objects.of(request.membership).live(), pk=pk)
    form = TokenForm(request.POST or None, instance=token)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The token is renamed."))
        return redirect("tokens:token_list")
    return render(request, "tokens/token_edit.html", {"form": form, "token": token})


@require_http_methods(["GET", "POST"])
@require(API_ACCESS)
def token_delete(request: AccountRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(PersonalAccessToken.objects.of(request.membership).live(), pk=pk)
    if request.method == "POST":
        token.revoke(by=request.user)
        messages.success(request, _("The token “%(name)s” is deleted.") % {"name": token.name})
        return redirect("tokens:token_list")
    context = {
        "title": _("Delete token"),
        "question": _("Delete the token “%(name)s”?") % {"name": token.name},
        "consequences": [
            _("Software that uses it is refused from its next request on."),
            _("The token cannot be restored."),
        ],
        "submit_label": _("Delete token"),
        "cancel_url": reverse("tokens:token_list"),
        "danger": True,
    }
    return render(request, "tokens/token_delete.html", context)
