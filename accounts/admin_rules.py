"""What the administration asks for beyond permissions: a recent sign-in, and superusers for what gives rights."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.mfa import admin as mfa_admin
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as usersessions_admin
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import signed_in_recently


class RecentSignInMixin:
    """Asks for the password again before a form is shown or saved, as the product's own pages do."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if self._may_save(request, object_id) and not signed_in_recently(request):
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{query}")
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        return answer

    def _may_save(self, request: HttpRequest, object_id: str | None) -> bool:
        if not object_id:
            return bool(self.has_add_permission(request))  # type: ignore[attr-defined]
        obj = self.get_object(request, object_id)  # type: ignore[attr-defined]
        return bool(obj and self.has_change_permission(request, obj))  # type: ignore[attr-defined]


class SuperusersOnlyMixin:
    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    has_change_permission = has_delete_permission = has_view_permission


class LookOnlyMixin(SuperusersOnlyMixin):
    """Rows of the sign-in library: nobody changes them here, and their secrets are no fields."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    has_delete_permission = has_change_permission


class GroupAdmin(SuperusersOnlyMixin, RecentSignInMixin, DjangoGroupAdmin):
    """Groups give rights, their own members' too."""


class AuthenticatorAdmin(LookOnlyMixin, mfa_admin.AuthenticatorAdmin):
    fields = ("user", "type", "created_at", "last_used_at")


class UserSessionAdmin(LookOnlyMixin, usersessions_admin.UserSessionAdmin):
    fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    search_fields: ClassVar[list[str]] = ["user__email", "ip"]


for model, its_admin in ((Group, GroupAdmin), (Authenticator, AuthenticatorAdmin), (UserSession, UserSessionAdmin)):
    admin.site.unregister(model)
    admin.site.register(model, its_admin)
