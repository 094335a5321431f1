"""The fields of a form on the pages of tickets."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tickets.models import FieldList, Ticket, ValueList


@pytest.fixture
def form(project):
    """Give the project's form fields of several kinds; the number is required."""
    link = project.ticket_type_links.get()
    kinds = {"tf1": "Float", "tf2": "Date", "tf3": "List", "tf4": "Boolean", "tf5": "Subscription", "tf6": "Time"}
    link.ticket_type.typed_fields = {
        key: {"name": kind, "type": f"CustomFields::{kind}Type"} for key, kind in kinds.items()
    }
    link.ticket_type.save()
    link.required_fields = ["tf1"]
    link.save()
    trades = ValueList.objects.create(account=project.account, name="Trades")
    FieldList.objects.create(link=link, value_list=trades, field_name="tf3")
    return trades.entries.create(name="Paint")


GIVEN = {"subject": "Crack", "status_id": 1, "priority_id": 2, "progress": 0}


def test_typed_fields_are_filled_in_on_the_page(client_of, member, project, form):
    address = reverse("tickets:ticket_create", args=[project.pk])
    typed = {"tf1": "1.5", "tf2": "2026-12-01", "tf3": str(form.pk), "tf4": "on", "tf6": "16:30"}
    client_of(member).post(address, GIVEN | typed)

    kept = {"tf1": 1.5, "tf2": "2026-12-01", "tf3": str(form.pk), "tf4": True, "tf6": "16:30:00"}
    assert Ticket.objects.get().typed_values == kept


def test_missing_required_field_is_said_beside_it(client_of, member, project, form):
    address = reverse("tickets:ticket_create", args=[project.pk])
    answer = client_of(member).post(address, GIVEN)

    assert list(answer.context["form"].errors) == ["tf1"]
    assert not Ticket.objects.exists()


def test_required_field_that_pages_do_not_offer_is_said_above(client_of, member, project, form):
    project.ticket_type_links.update(required_fields=["tf5"])
    address = reverse("tickets:ticket_create", args=[project.pk])
    answer = client_of(member).post(address, GIVEN)

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["__all__"])
    assert not Ticket.objects.exists()


def test_typed_values_are_shown_and_changed(client_of, member, project, ticket, form):
    Ticket.objects.update(typed_values={"tf1": 2.5, "old": "kept"})
    at = [project.pk, ticket.uuid]
    page = client_of(member).get(reverse("tickets:ticket_detail", args=at))
    client_of(member).post(reverse("tickets:ticket_edit", args=at), GIVEN | {"tf1": "3"})

    assert 'value="2.5"' in page.content.decode()
    assert Ticket.objects.get().typed_values == {"tf1": 3.0, "old": "kept"}
