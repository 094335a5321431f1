from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("settings/profile/", views.profile, name="profile"),
    path("settings/account/", views.account, name="account"),
    path("account/switch/", views.account_switch, name="account_switch"),
    path("users/", views.user_list, name="user_list"),
]
