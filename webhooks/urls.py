from django.urls import include, path

from webhooks.pages import delivery_views, log_views, views

app_name = "webhooks"

one_webhook = [
    path("", log_views.webhook_detail, name="webhook_detail"),
    path("preview/", views.webhook_preview, name="webhook_edit_preview"),
    path("edit/", views.webhook_edit, name="webhook_edit"),
    path("delete/", views.webhook_delete, name="webhook_delete"),
    path("off/", views.webhook_pause, name="webhook_pause"),
    path("on/", views.webhook_resume, name="webhook_resume"),
    path("secret/", views.secret_replace, name="secret_replace"),
    path("recover/", log_views.webhook_recover, name="webhook_recover"),
    path("backfill/", log_views.webhook_backfill, name="webhook_backfill"),
    path("jobs/", log_views.webhook_jobs, name="webhook_jobs"),
    path("retry/", delivery_views.webhook_retry, name="webhook_retry"),
    path("check/", delivery_views.connection_check, name="connection_check"),
    path("test/", delivery_views.test_send, name="test_send"),
    path("deliveries/<int:delivery_pk>/", delivery_views.delivery_detail, name="delivery_detail"),
    path("deliveries/<int:delivery_pk>/again/", delivery_views.delivery_redeliver, name="delivery_redeliver"),
]
urlpatterns = [
    path("settings/account/webhooks/", views.webhook_list, name="webhook_list"),
    path("settings/account/webhooks/new/", views.webhook_create, name="webhook_create"),
    path("settings/account/webhooks/new/preview/", views.webhook_preview, name="webhook_preview"),
    path("settings/account/webhooks/<int:pk>/", include(one_webhook)),
]
