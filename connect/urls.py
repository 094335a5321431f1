from django.urls import path

from connect import views

app_name = "connect"
urlpatterns = [
    path("settings/account/connect/", views.request_detail, name="request_detail"),
    path("settings/account/connect/new/", views.request_create, name="request_create"),
    path("settings/account/connect/<int:pk>/messages/", views.message_create, name="message_create"),
    path("settings/account/connect/<int:pk>/answers/", views.answer_create, name="answer_create"),
    path("settings/account/connect/<int:pk>/withdraw/", views.request_withdraw, name="request_withdraw"),
]
