"""For those who run the product. What they change in an account is in its audit log, and no owner is lost here."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db import transaction
from django.db.models import Field
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.models import Account, Membership, User


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
class AccountAdmin(admin.ModelAdmin):
    list_display = ("id", "name", "owner", "api_rate_limit", "created_at")
    search_fields = ("name", "id")
    list_select_related = ("owner__user", "owner__account")
    fields = ("name", "owner", "api_rate_limit", "longest_token_life", "created_at")
    readonly_fields = (
        "owner",
        "longest_token_life",
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


class UserForm(UserChangeForm):
    def clean_is_active(self) -> bool:
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and Account.objects.filter(owner__user=self.instance).exists():
            raise forms.ValidationError(_("This user owns an account, which has to be handed over first."))
        return is_active


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = UserForm
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("name", "language", "time_zone")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields: ClassVar[tuple[str, ...]] = ("last_login", "date_joined")
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[Any]:
        """Show nothing of a password, not even of its digest, to those who only look."""
        fieldsets = super().get_fieldsets(request, obj)
        may_set = obj is None or self.has_change_permission(request, obj)
        return [*fieldsets] if may_set else [(None, {"fields": ("email",)}), *fieldsets[1:]]

    def save_model(self, request: HttpRequest, obj: User, form: forms.BaseForm, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if change and "is_active" in form.changed_data:
                _record_of("user.reactivated" if obj.is_active else "user.deactivated", request, obj)
            told = [name for name in ("name", "email") if change and name in form.changed_data]
            if told:
                after: dict[str, object] = {name: getattr(obj, name) for name in told}
                changes = audit_log.changes({name: form.initial[name] for name in told}, after)
                _record_of("user.changed", request, obj, detail=changes)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # people are deactivated: what they wrote, and their tokens' history, stays with the account


def _record_of(action: str, request: HttpRequest, user: User, *, detail: dict[str, Any] | None = None) -> None:
    """Write into the audit log of each account of a user what staff did to them."""
    for member in user.memberships.joined().select_related("account").order_by("account"):
        subject = f"{member.name} <{user.email}>"
        _record(action, request, account=member.account, subject=subject, detail=detail)


def _record(
    action: str, request: HttpRequest, *, account: Account, subject: str, detail: dict[str, Any] | None = None
) -> None:
    actor, ip = Actor(request.user, via="admin"), request.META["REMOTE_ADDR"]  # type: ignore[arg-type] # staff alone
    audit_log.record(action, account=account, actor=actor, subject=subject, detail=detail, ip=ip)
