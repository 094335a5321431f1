from django.urls import path

from tokens import account_views, views

app_name = "tokens"
urlpatterns = [
    path("settings/profile/tokens/", views.token_list, name="token_list"),
    path("settings/profile/tokens/new/", views.token_create, name="token_create"),
    path("settings/profile/tokens/<int:pk>/", views.token_detail, name="token_detail"),
    path("settings/profile/tokens/<int:pk>/edit/", views.token_edit, name="token_edit"),
    path("settings/profile/tokens/<int:pk>/rotate/", views.token_rotate, name="token_rotate"),
    path("settings/profile/tokens/<int:pk>/delete/", views.token_delete, name="token_delete"),
    path("settings/account/tokens/", account_views.account_tokens, name="account_tokens"),
    path("settings/account/api-limit/", account_views.limit_detail, name="limit_detail"),
    path("settings/account/api-limit/meter/", account_views.limit_meter, name="limit_meter"),
    path("settings/account/api-limit/request/", account_views.limit_request, name="limit_request"),
]
