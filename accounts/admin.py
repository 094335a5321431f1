"""For those who run the product. What they change in an account is in its audit log, and no owner is lost here."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from allauth.usersessions.admin import UserSessionAdmin
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.access import signed_in_recently
from accounts.actors import Actor
from accounts.admin_rules import RecentSignInMixin
from accounts.audit import log as audit_log
from accounts.models import Account, Membership, User
from accounts.profile.emails import change_email
from accounts.profile.forms import ResetPasswordForm, time_zones
from accounts.profile.security_events import record_and_tell

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class MembershipInline(admin.TabularInline):
    """To look at: rights are given on the account's own pages, under its own rules."""

    model = Membership
    fields = ("user", "kind", "can_manage_users", "has_api_access", "is_active", "joined_at")
    readonly_fields = fields
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(RecentSignInMixin, admin.ModelAdmin):
    list_display = ("id", "name", "owner", "api_rate_limit", "created_at")
    search_fields = ("name", "id")
    list_select_related = ("owner__user", "owner__account")
    fields = ("name", "owner", "api_rate_limit", "max_token_lifetime_days", "created_at")
    readonly_fields = (
        "owner",
        "max_token_lifetime_days",
        "created_at",
    )  # a longest life has to cut tokens: the owner sets it
    inlines = (MembershipInline,)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ANN401
        least = {"min_value": 1} if db_field.name == "api_rate_limit" else {}  # 0 would read as the default limit
        return super().formfield_for_dbfield(db_field, request, **least, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # an account begins with its owner: `manage.py create_account`

    def save_model(self, request: HttpRequest, obj: Account, form: forms.ModelForm, change: bool) -> None:
        before = {name: form.initial.get(name) for name in form.changed_data}
        changes = audit_log.changes(before, {name: getattr(obj, name) for name in form.changed_data})
        with transaction.atomic():
            obj.save(update_fields=form.changed_data)
            if limit := changes.pop("api_rate_limit", None):
                _record("limit.changed", request, account=obj, subject=obj.name, detail={"limit": limit})
            if changes:
                _record("account.changed", request, account=obj, subject=obj.name, detail=changes)


class UserForm(forms.ModelForm):
    """A person. Their password is nobody's business: staff send a reset."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another user has this e-mail."))
        return email

    def clean_is_active(self) -> bool:
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and Account.objects.filter(owner__user=self.instance).exists():
            raise forms.ValidationError(_("This user owns an account, which has to be handed over first."))
        return is_active


class NewUserForm(forms.ModelForm):
    clean_email = UserForm.clean_email

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["email", "name"]

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        user.set_unusable_password()
        return user


@admin.register(User)
class UserAdmin(RecentSignInMixin, admin.ModelAdmin):
    form = UserForm
    change_form_template = "admin/accounts/user/change_form.html"
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    filter_horizontal = ("groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("email",)}),
        (_("Person"), {"fields": ("name", "language", "time_zone")}),
        (None, {"fields": ("is_active",)}),
        (_("Rights"), {"fields": RIGHTS, "description": _("Changed by superusers who signed in just now.")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name")}),)
    readonly_fields: ClassVar[tuple[str, ...]] = ("last_login", "date_joined")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:  # noqa: ANN401, as the base class
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401
        defaults = {} if obj else {"form": NewUserForm, "fields": None}
        return super().get_form(request, obj, change, **defaults | kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Let rights in the administration be given by superusers who confirmed just now that it is them."""
        may_give = cast(User, request.user).is_superuser and signed_in_recently(request)
        return self.readonly_fields if may_give else (*self.readonly_fields, *RIGHTS)

    def get_urls(self) -> list[Any]:
        reset = path("<int:pk>/reset/", self.admin_site.admin_view(self.send_reset), name="accounts_user_reset")
        return [reset, *super().get_urls()]

    def send_reset(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mail the person a link with which they set a password themselves."""
        user = get_object_or_404(User, pk=pk, is_active=True)
        if not self.has_change_permission(request, user) or not signed_in_recently(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = ResetPasswordForm({"email": user.email})
        form.is_valid()
        form.save(request)
        record_and_tell(user, "sign_in.reset_sent", actor=_actor(request), ip=request.META["REMOTE_ADDR"])
        messages.success(request, _("A link to set a new password is on its way to %(email)s.") % {"email": user.email})
        return redirect("admin:accounts_user_change", pk)

    def save_model(self, request: HttpRequest, obj: User, form: forms.BaseForm, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change and "email" in form.changed_data:
                change_email(obj, form.initial["email"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401
        """Write down what was changed, once groups and permissions are saved as well."""
        before = {name: _plain(form.initial.get(name)) for name in form.changed_data}
        super().save_related(request, form, formsets, change)
        if not change or not form.changed_data:
            return
        user: User = form.instance
        actor, ip = _actor(request), request.META["REMOTE_ADDR"]
        with transaction.atomic():
            if "is_active" in before:
                action = "user.reactivated" if user.is_active else "user.deactivated"
                record_and_tell(user, action, actor=actor, ip=ip)
            after = {name: _plain(form.cleaned_data[name]) for name in before if name != "is_active"}
            if changes := audit_log.changes(before, after):
                record_and_tell(user, "user.changed", actor=actor, ip=ip, detail=changes)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only superusers change staff: setting a user's e-mail is enough to take over their rights."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_staff or cast(User, request.user).is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # people are deactivated: what they wrote, and their tokens' history, stays with the account


def _plain(value: Any) -> object:  # noqa: ANN401, what a form holds: of rows, their names
    return sorted(str(each) for each in value) if isinstance(value, list | QuerySet) else value


def _actor(request: HttpRequest) -> Actor:
    return Actor(cast(User, request.user), via="admin")


def _record(
    action: str, request: HttpRequest, *, account: Account, subject: str, detail: dict[str, Any] | None = None
) -> None:
    ip = request.META["REMOTE_ADDR"]
    audit_log.record(action, account=account, actor=_actor(request), subject=subject, detail=detail, ip=ip)


UserSessionAdmin.search_fields = ("user__email",)  # the library's own names a relation, which fails
