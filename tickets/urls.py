from django.urls import path

from tickets.pages import project_views, setup_views, ticket_views

TICKETS = "projects/<int:project_pk>/tickets/"
TICKET = f"{TICKETS}<uuid:uuid>/"
ATTACHMENT = f"{TICKET}attachments/<uuid:attachment_uuid>/"

app_name = "tickets"
urlpatterns = [
    path("projects/", project_views.project_list, name="project_list"),
    path("projects/new/", project_views.project_create, name="project_create"),
    path("projects/<int:pk>/", project_views.project_detail, name="project_detail"),
    path("projects/<int:project_pk>/edit/", project_views.project_edit, name="project_edit"),
    path("projects/<int:pk>/archive/", project_views.project_archive, name="project_archive"),
    path("projects/<int:pk>/restore/", project_views.project_restore, name="project_restore"),
    path("projects/<int:project_pk>/setup/", setup_views.project_setup, name="project_setup"),
    path("projects/<int:project_pk>/layers/", setup_views.layer_create, name="layer_create"),
    path("projects/<int:project_pk>/forms/", setup_views.form_assign, name="form_assign"),
    path(f"{TICKETS}new/", ticket_views.ticket_create, name="ticket_create"),
    path(TICKET, ticket_views.ticket_detail, name="ticket_detail"),
    path(f"{TICKET}edit/", ticket_views.ticket_edit, name="ticket_edit"),
    path(f"{TICKET}delete/", ticket_views.ticket_delete, name="ticket_delete"),
    path(f"{TICKET}comments/", ticket_views.comment_create, name="comment_create"),
    path(f"{TICKET}attachments/", ticket_views.attachment_create, name="attachment_create"),
    path(ATTACHMENT, ticket_views.attachment_file, name="attachment_file"),
    path(f"{ATTACHMENT}delete/", ticket_views.attachment_delete, name="attachment_delete"),
]
