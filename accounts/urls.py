from django.urls import path

from accounts.audit import views as audit_views
from accounts.members import invitation_views, list_views, ownership_views
from accounts.members import views as member_views
from accounts.profile import views

app_name = "accounts"
urlpatterns = [
    path("settings/profile/", views.profile, name="profile"),
    path("settings/account/", views.account, name="account"),
    path("settings/account/owner/", ownership_views.owner_change, name="owner_change"),
    path("settings/account/audit/", audit_views.audit_list, name="audit_list"),
    path("settings/account/audit/export/", audit_views.audit_export, name="audit_export"),
    path("users/", list_views.user_list, name="user_list"),
    path("users/rights/", list_views.user_rights, name="user_rights"),
    path("users/rights/export/", list_views.user_rights_export, name="user_rights_export"),
    path("users/new/", member_views.user_create, name="user_create"),
    path("users/<int:pk>/", member_views.user_detail, name="user_detail"),
    path("users/<int:pk>/edit/", member_views.user_edit, name="user_edit"),
    path("users/<int:pk>/deactivate/", member_views.user_deactivate, name="user_deactivate"),
    path("users/<int:pk>/reactivate/", member_views.user_reactivate, name="user_reactivate"),
    path("users/<int:pk>/second-factor/", views.second_factor_reset, name="second_factor_reset"),
    path("users/<int:pk>/invitation/resend/", invitation_views.invitation_resend, name="invitation_resend"),
    path("users/<int:pk>/invitation/revoke/", invitation_views.invitation_revoke, name="invitation_revoke"),
    path("auth/unlock/<str:token>/", views.sign_in_unlock, name="sign_in_unlock"),
    path("invitation/", invitation_views.invitation_accept, name="invitation_accept"),
    path("invitation/<str:secret>/", invitation_views.invitation_open, name="invitation_open"),
]
