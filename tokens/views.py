"""A user's own tokens (R-T3), and those of others for who manages users (R-U2)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import AccountRequest, MissingRight, require, require_recent_sign_in
from accounts.acting import ActingMember, ensure_allowed
from accounts.audit import log as audit_log
from accounts.models import Membership
from accounts.rights import ACCOUNT_OWNER, API_ACCESS, MEMBER, may_delete_tokens_of, may_use_api
from tokens.audit_snapshot import facts_of, subject_of
from tokens.forms import TokenCreateForm, TokenEditForm, TokenRotateForm
from tokens.models import PersonalAccessToken
from tokens.rate_limit import usage
from tokens.usage_display import consequences, usage_charts

PER_PAGE = 50
REFUSALS = 30  # the latest, on the page of a token


def _own_live_token(request: AccountRequest, pk: int) -> PersonalAccessToken:
    """Return a live token of the signed-in person."""
    tokens = PersonalAccessToken.objects.of(request.membership).live().with_people()
    return get_object_or_404(tokens, pk=pk)


def _require_api_access_locked(request: AccountRequest) -> Membership:
    """Lock the account; return the signed-in person, their right and the account's rules as they are by now."""
    member = ActingMember.from_request(request).locked().member
    ensure_allowed(may_use_api(member))
    return member


@require_GET
@require(API_ACCESS)
def token_list(request: AccountRequest) -> HttpResponse:
    tokens = PersonalAccessToken.objects.of(request.membership).with_people()
    tokens = tokens.select_related("revoked_by", "successor")
    page = Paginator(tokens.live_first(timezone.now()), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tokens/token_list.html", {"tokens": page, "page_obj": page})


@require_GET
@require(MEMBER)
def token_detail(request: AccountRequest, pk: int) -> HttpResponse:
    seen = PersonalAccessToken.objects.visible_to(request.membership).with_people()
    token = get_object_or_404(seen.select_related("revoked_by", "successor", "predecessor"), pk=pk)
    used = usage.of_token(token, timezone.now())
    context = {
        "token": token,
        "usage": used,
        "charts": usage_charts(used),
        "refusals": token.refusals.all()[:REFUSALS],
        "is_own": token.membership_id == request.membership.pk,
        "may_delete": may_delete_tokens_of(request.membership, token.membership),
    }
    return render(request, "tokens/token_detail.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@require(API_ACCESS)
@require_recent_sign_in
@sensitive_variables("secret")
def token_create(request: AccountRequest) -> HttpResponse:
    """Answer the POST with the secret itself: there is nowhere it could be read a second time (R-T6)."""
    form = TokenCreateForm(request.typed, account=request.account)
    if request.method != "POST" or not form.is_valid():
        return render(request, "tokens/token_new.html", {"form": form})
    try:
        with transaction.atomic():
            token, secret = form.issue(membership=_require_api_access_locked(request))
            audit_log.record_for_request(request, "token.created", subject=subject_of(token), detail=facts_of(token))
    except IntegrityError:
        return render(request, "tokens/token_shown.html")
    return render(request, "tokens/token_created.html", {"token": token, "secret": secret})


@require_http_methods(["GET", "POST"])
@require(API_ACCESS)
def token_edit(request: AccountRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        token = _own_live_token(request, pk)
        return render(request, "tokens/token_edit.html", {"form": TokenEditForm(instance=token), "token": token})
    with transaction.atomic():
        audit_log.lock(request.account)  # then read: of two edits at once, neither gives back what the other takes
        token = _own_live_token(request, pk)
        before = facts_of(token)
        form = TokenEditForm(request.POST, instance=token)
        if form.is_valid():
            if changes := audit_log.changes(before, facts_of(form.save())):
                audit_log.record_for_request(request, "token.changed", subject=subject_of(token), detail=changes)
            messages.success(request, _("The token is saved."))
            return redirect("tokens:token_list")
    return render(request, "tokens/token_edit.html", {"form": form, "token": token})


@never_cache
@require_http_methods(["GET", "POST"])
@require(API_ACCESS)
@require_recent_sign_in
@sensitive_variables("secret")
def token_rotate(request: AccountRequest, pk: int) -> HttpResponse:
    """Answer the POST with the successor's secret, which is shown this once."""
    token = _own_live_token(request, pk)
    if token.is_rotated:
        messages.info(request, _("This token has a successor already. Rotate that one."))
        return redirect("tokens:token_detail", token.successor.pk)
    form = TokenRotateForm(request.typed, account=request.account)
    if request.method != "POST" or not form.is_valid():
        used = usage.of_token(token, timezone.now())
        context = {"form": form, "token": token, "consequences": consequences(token, used)}
        return render(request, "tokens/token_rotate.html", context)
    try:
        with transaction.atomic():
            _require_api_access_locked(request)
            token = _own_live_token(request, pk)
            successor, secret = form.rotate(token)
            audit_log.record_for_request(
                request, "token.rotated", subject=subject_of(token), detail=facts_of(successor)
            )
    except IntegrityError:
        return render(request, "tokens/token_shown.html")
    return render(request, "tokens/token_created.html", {"token": successor, "secret": secret, "old": token})


@require_http_methods(["GET", "POST"])
@require(MEMBER)
def token_delete(request: AccountRequest, pk: int) -> HttpResponse:
    """Delete an own token, or another's where one manages users; the owner's are the owner's alone (R-U3)."""
    seen = PersonalAccessToken.objects.visible_to(request.membership).with_people()
    token = get_object_or_404(seen.live(), pk=pk)
    if not may_delete_tokens_of(request.membership, token.membership):
        raise MissingRight(ACCOUNT_OWNER)
    is_own = token.membership_id == request.membership.pk
    back = reverse("tokens:token_list") if is_own else reverse("accounts:user_detail", args=[token.membership_id])
    if request.method == "POST":
        with transaction.atomic():
            audit_log.lock(request.account)
            if token.revoke(by=request.user):
                audit_log.record_for_request(
                    request, "token.deleted", subject=subject_of(token), detail=facts_of(token)
                )
        messages.success(request, _("The token “%(name)s” is deleted.") % {"name": token.name})
        return redirect(back)
    context = {
        "title": _("Delete token"),
        "question": _("Delete the token “%(name)s”?") % {"name": token.name},
        "consequences": [
            *consequences(token, usage.of_token(token, timezone.now())),
            _("Software that uses it is refused from its next request on."),
            _("The token cannot be restored."),
        ],
        "submit_label": _("Delete token"),
        "cancel_url": back,
        "danger": True,
    }
    return render(request, "tokens/token_delete.html", context)
