"""The page of a project's forms and layers."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tickets.models import TicketType


@pytest.fixture
def browser(client_of, member):
    return client_of(member)


def test_layer_is_added_with_its_plan(browser, project):
    plan = SimpleUploadedFile("ground.pdf", b"%PDF-1.7\n")
    browser.post(reverse("tickets:layer_create", args=[project.pk]), {"name": "Ground", "plan": plan})

    assert project.layers.get(name="Ground").plan_file_name == "ground.pdf"
    assert "ground.pdf" in browser.get(reverse("tickets:project_setup", args=[project.pk])).content.decode()


def test_file_that_is_no_plan_is_said_beside_the_field(browser, project):
    plan = SimpleUploadedFile("a.txt", b"a;b\n")
    answer = browser.post(reverse("tickets:layer_create", args=[project.pk]), {"name": "Ground", "plan": plan})

    assert (answer.status_code, list(answer.context["layer_form"].errors)) == (422, ["plan"])
    assert project.layers.count() == 1


def test_form_is_assigned(browser, project, account):
    form = TicketType.objects.create(account=account, name="Defect")
    browser.post(reverse("tickets:form_assign", args=[project.pk]), {"ticket_type": form.pk})

    assert project.ticket_type_links.filter(ticket_type=form).exists()


def test_form_of_another_account_is_not_offered(browser, project, stranger):
    foreign = TicketType.objects.get(account=stranger.account)
    answer = browser.post(reverse("tickets:form_assign", args=[project.pk]), {"ticket_type": foreign.pk})

    assert answer.status_code == 422
    assert not project.ticket_type_links.filter(ticket_type=foreign).exists()
