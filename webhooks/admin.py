from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from webhooks.models import Webhook


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):
    """To look at, without any secret: webhooks are the account owner's."""

    list_display = ("description", "account", "url", "state", "consecutive_failures", "last_success_at")
    list_filter = ("state",)
    list_select_related = ("account",)
    search_fields = ("description", "url", "account__name")
    fields = (*list_display, "events", "all_projects", "created_at", "first_failure_at", "last_failure_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        return super().get_queryset(request).filter(deleted_at=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Webhook | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Webhook | None = None) -> bool:
        return False
