from django.urls import path

from tokens import member_views, views

app_name = "tokens"
urlpatterns = [
    path("settings/profile/tokens/", views.token_list, name="token_list"),
    path("settings/profile/tokens/new/", views.token_create, name="token_create"),
    path("settings/profile/tokens/<int:pk>/edit/", views.token_edit, name="token_edit"),
    path("settings/profile/tokens/<int:pk>/delete/", views.token_delete, name="token_delete"),
    path("users/<int:pk>/tokens/<int:token_pk>/delete/", member_views.member_token_delete, name="member_token_delete"),
]
