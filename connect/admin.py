from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from connect.models import ConnectRequest


@admin.register(ConnectRequest)
class ConnectRequestAdmin(admin.ModelAdmin):
    list_display = ("account", "apps", "state", "requested_by", "created_at")
    list_filter = ("state",)
    list_select_related = ("account", "requested_by")
    search_fields = ("account__name", "apps", "purpose", "contact")
    readonly_fields = ("account", "requested_by", "apps", "purpose", "contact", "phone", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
