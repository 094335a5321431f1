from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from tokens.models import PersonalAccessToken


@admin.register(PersonalAccessToken)
class TokenAdmin(admin.ModelAdmin):
    """To look at, never to change: tokens are ended by those who may, under their rules (R-U3)."""

    list_display = ("name", "hint", "membership", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("membership__user", "membership__account")
    search_fields = ("name", "membership__user__email", "membership__account__name")
    fields = list_display
    readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PersonalAccessToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PersonalAccessToken | None = None) -> bool:
        return False
