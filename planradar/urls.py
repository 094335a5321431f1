from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.profile.views import SignInsView, home
from planradar import api_docs, api_pages, health, help
from planradar.api import api
from planradar.metrics import metrics

# Staff sign in as everybody does.
admin.site.login = login_not_required(secure_admin_login(admin.site.login))  # type: ignore[method-assign]

# Nor do they change their password elsewhere: there are its limits, its mail and its note in the log.
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[method-assign,assignment]

admin.site.enable_nav_sidebar = False  # the width is for the queues

urlpatterns = [
    path("", home, name="home"),
    path("", include("accounts.urls")),
    path("", include("tokens.urls")),
    path("", include("webhooks.urls")),
    path("", include("connect.urls")),
    path("", include("tickets.urls")),
    path("api/openapi.json", api_docs.view_of(api_docs.openapi), name="openapi"),
    path("api/docs/", api_docs.view_of(api_pages.index), name="api_docs"),
    path("api/docs/try/", api_docs.view_of(api_docs.attempt), name="api_try"),
    path("api/docs/listen.py", api_docs.view_of(api_docs.listen), name="api_listen"),
    path("api/docs/search/", api_docs.view_of(api_pages.search), name="api_search"),
    path("api/docs/event-catalogue/", api_docs.view_of(api_pages.catalogue), name="api_events"),
    path("api/docs/<slug:name>/", api_docs.view_of(api_pages.group), name="api_group"),
    path("api/", api.urls),
    # Nobody changes their own e-mail: allauth, which knows of none that was proved, would empty it.
    path("auth/email/", RedirectView.as_view(pattern_name="accounts:profile"), name="account_email"),
    path("help/", help.help_index, name="help_index"),
    path("help/<slug:name>/", help.help_page, name="help_page"),
    path("auth/sessions/", SignInsView.as_view(), name="usersessions_list"),
    path("auth/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("health/live", login_not_required(health.live), name="health_live"),
    path("health/ready", login_not_required(health.ready), name="health_ready"),
    path("metrics", login_not_required(metrics), name="metrics"),
]
if settings.DEMO_INBOX:
    urlpatterns.append(path("demo/inbox/", include("planradar.demo.urls")))

handler403 = "accounts.profile.views.permission_denied"
