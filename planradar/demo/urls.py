from django.urls import path

from planradar.demo import views

app_name = "demo"
urlpatterns = [path("", views.inbox, name="inbox")]
