import re
import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from webhooks import events
from webhooks.engine import jobs
from webhooks.models import Header, Webhook

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"whsec_[0-9A-Za-z+/=]{44}")


def form_of(*headers, **fields):
    """Return the form as a browser sends it."""
    data = {
        "description": "ERP",
        "url": "http://127.0.0.1:9/hook",
        "events": [events.TICKET_CREATED],
        "all_projects": "True",
        "basic_user": "",
        "basic_password": "",
        "idempotency_key": uuid.uuid4(),
        "headers-TOTAL_FORMS": len(headers),
        "headers-INITIAL_FORMS": sum("pk" in header for header in headers),
    }
    for number, header in enumerate(headers):
        data |= {f"headers-{number}-{key}": value for key, value in header.items()}
    data["authentication"] = "basic" if fields.get("basic_user") or fields.get("basic_password") else "none"
    return data | fields


@pytest.fixture
def client(owner, client_of):
    return client_of(owner)


@pytest.fixture
def create(client):
    return lambda *headers, **fields: client.post(reverse("webhooks:webhook_create"), form_of(*headers, **fields))


@pytest.fixture
def edit(client):
    def edit(webhook, *headers, **fields):
        return client.post(reverse("webhooks:webhook_edit", args=[webhook.pk]), form_of(*headers, **fields))

    return edit


def errors_of(response):
    rows = [form.errors for form in response.context["headers"]]
    return dict(response.context["form"].errors) | {key: value for row in rows for key, value in row.items()}


def test_signing_secret_is_shown_once(create, client):
    response = create()

    secret = SECRET.search(response.content.decode())[0]
    webhook = Webhook.objects.get()
    assert webhook.secrets.get().value == secret
    assert "no-store" in response["Cache-Control"]
    page = client.get(reverse("webhooks:webhook_detail", args=[webhook.pk])).content.decode()
    assert SECRET.search(page) is None


def test_sending_the_form_twice_makes_one_webhook(create):
    idempotency_key = uuid.uuid4()
    create(idempotency_key=idempotency_key)

    again = create(idempotency_key=idempotency_key)

    assert (again.status_code, Webhook.objects.count()) == (200, 1)
    assert SECRET.search(again.content.decode()) is None


def test_secrets_are_encrypted_at_rest(create):
    create({"name": "X-Key", "value": "hush-2", "is_hidden": "on"}, basic_user="erp", basic_password="hush-1")

    with connection.cursor() as cursor:
        cursor.execute("SELECT basic_password FROM webhooks_webhook")
        rows = cursor.fetchall()
        cursor.execute("SELECT value FROM webhooks_header")
        rows += cursor.fetchall()
    assert [row[0][:6] for row in rows] == ["gAAAAA", "gAAAAA"]


def test_r_w4_hidden_value_is_in_no_page(create, client):
    create(
        {"name": "X-Key", "value": "hush-2", "is_hidden": "on"},
        {"name": "X-Site", "value": "north"},
        basic_user="erp",
        basic_password="hush-1",
    )
    pk = Webhook.objects.get().pk

    for name in ("webhook_detail", "webhook_edit"):
        page = client.get(reverse(f"webhooks:{name}", args=[pk])).content.decode()
        assert ("hush" in page, "north" in page) == (False, True)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "This field is required."),
        ("https://", "Enter a complete URL with a host, such as https://erp.example.com/hooks."),
        ("https:///path", "Enter a complete URL with a host, such as https://erp.example.com/hooks."),
        ("ftp://erp.example.com/", "Enter a URL that begins with https:// or http://."),
        ("javascript:alert(1)", "Enter a URL that begins with https:// or http://."),
        ("erp.example.com", "Enter a URL that begins with https:// or http://."),
        ("https://u:p@erp.example.com/", "Leave user name and password out of the URL"),
        ("https://erp.example.com:99999/", "The host or the port of this URL is not valid."),
        ("http://10.0.0.1/", "This address is not public"),
        ("http://[::ffff:10.0.0.1]/", "This address is not public"),
        ("http://2852039166/", "Write an IP address in its usual form"),
        ("http://0177.0.0.1/", "Write an IP address in its usual form"),
        ("https://erp.example.com:0/", "The host or the port of this URL is not valid."),
        ("https://erp.example.com/hook#part", "Leave out “#” and what follows"),
        ("https://exämple\u200b.com/", "A URL holds no spaces"),
        ("https://[v1.x]/", "Enter a complete URL"),
        ("https://erp.example.com/" + "x" * 5000, "Ensure this value has at most 2000 characters"),
        ("http://0xa9fea9fe/", "Write an IP address in its usual form"),
        ("https://erp.example.com/a\nb", "A URL holds no spaces"),
    ],
)
def test_bad_url_is_refused_beside_the_field(create, url, says):
    response = create(url=url)

    assert response.status_code == 200
    assert errors_of(response)["url"][0].startswith(says)
    assert Webhook.objects.count() == 0


@pytest.mark.parametrize(
    ("header", "field", "says"),
    [
        ({"name": "X-A\r\nX-B", "value": "1"}, "name", "A header name is made of"),
        ({"name": "X Site", "value": "1"}, "name", "A header name is made of"),
        ({"name": "Host", "value": "1"}, "name", "This name is reserved"),
        ({"name": "Webhook-Id", "value": "1"}, "name", "This name is reserved"),
        ({"name": "content-length", "value": "1"}, "name", "This name is reserved"),
        ({"name": "X-A", "value": "1\r\nX-B: 2"}, "value", "A header value is one line"),
        ({"name": "X-A", "value": "zażółć"}, "value", "A header value is one line"),
        ({"name": "X-A", "value": ""}, "value", "Enter the value"),
    ],
)
def test_bad_header_is_refused_beside_the_field(create, header, field, says):
    response = create(header)

    assert errors_of(response)[field][0].startswith(says)
    assert Webhook.objects.count() == 0


def test_same_header_twice_is_refused(create):
    response = create({"name": "X-Site", "value": "1"}, {"name": "x-site", "value": "2"})

    assert errors_of(response)["name"] == ["This name is in the list already."]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"authentication": "basic"}, "basic_user"),
        ({"authentication": "bearer"}, "bearer_token"),
        ({"authentication": "bearer", "bearer_token": "a\nb"}, "bearer_token"),
        ({"authentication": "digest"}, "authentication"),
        ({"max_in_flight": "0"}, "max_in_flight"),
        ({"max_in_flight": "65"}, "max_in_flight"),
        ({"max_per_minute": "x"}, "max_per_minute"),
        ({"statuses": ["9"]}, "statuses"),
        ({"assignees": ["99999"]}, "assignees"),
        ({"form_ids": ",".join(map(str, range(99)))}, "form_ids"),
        ({"basic_user": "a:b", "basic_password": "x"}, "basic_user"),
        ({"events": []}, "events"),
        ({"events": ["ticket.exploded"]}, "events"),
        ({"all_projects": "False"}, "projects"),
        ({"description": ""}, "description"),
    ],
)
def test_other_mistakes_are_told_beside_the_field(create, fields, field):
    assert field in errors_of(create(**fields))
    assert Webhook.objects.count() == 0


def test_other_accounts_projects_cannot_be_chosen(create, stranger):
    project = stranger.account.projects.create(name="Secret site")

    response = create(all_projects="False", projects=[project.pk])

    assert "projects" in errors_of(response)


@pytest.fixture
def webhook(create):
    create({"name": "X-Key", "value": "hush-2", "is_hidden": "on"}, basic_user="erp", basic_password="hush-1")
    return Webhook.objects.get()


@pytest.fixture
def stored(webhook):
    """Return the row of the stored hidden header, as the edit form shows it."""
    return {"pk": webhook.headers.get().pk, "name": "X-Key", "value": "", "is_hidden": "on"}


def test_empty_fields_keep_stored_secrets(edit, webhook, stored):
    edit(webhook, stored, basic_user="erp", description="SAP")

    webhook.refresh_from_db()
    assert (webhook.description, webhook.basic_password) == ("SAP", "hush-1")
    assert webhook.headers.get().value == "hush-2"


def test_unhiding_needs_the_value_again(edit, webhook, stored):
    response = edit(webhook, stored | {"is_hidden": ""}, basic_user="erp")

    assert errors_of(response)["value"] == ["Hidden values can't be shown again. Enter the value again."]
    assert "hush" not in response.content.decode()


@pytest.mark.parametrize("url", ["http://127.0.0.2:9/hook", "https://127.0.0.1:9/hook", "http://127.0.0.1:10/hook"])
def test_new_receiver_does_not_get_old_secrets(edit, webhook, stored, url):
    response = edit(webhook, stored, basic_user="erp", url=url)

    webhook.refresh_from_db()
    assert "X-Key, Password" in errors_of(response)["url"][0]
    assert webhook.url == "http://127.0.0.1:9/hook"

    edit(webhook, stored, basic_user="erp", url=url, drop_secrets="on")

    webhook.refresh_from_db()
    assert (webhook.url, webhook.basic_user, webhook.basic_password) == (url, "", None)
    assert webhook.headers.count() == 0


def test_new_path_keeps_the_secrets(edit, webhook, stored):
    edit(webhook, stored, basic_user="erp", url="http://127.0.0.1:9/other")

    webhook.refresh_from_db()
    assert (webhook.url, webhook.basic_password) == ("http://127.0.0.1:9/other", "hush-1")


@pytest.mark.parametrize("pk", ["9" * 5000, "-1", "٣", "x"])
def test_header_row_with_a_key_of_nonsense_is_taken_as_new(edit, webhook, pk):
    response = edit(webhook, {"pk": pk, "name": "X-New", "value": "1"}, basic_user="erp")

    assert response.status_code in {200, 302}


def test_foreign_header_row_is_taken_as_new(edit, webhook, make_webhook, stranger):

    foreign = Header.objects.create(
        webhook=make_webhook(account=stranger.account), name="X-Foreign", value="hush-3", is_hidden=True
    )

    response = edit(webhook, {"pk": foreign.pk, "name": "X-Foreign", "value": "", "is_hidden": "on"}, basic_user="erp")

    assert errors_of(response)["value"] == ["Enter the value, or remove the header."]


def test_removed_header_is_gone(edit, webhook, stored):
    edit(webhook, stored | {"DELETE": "on"}, basic_user="erp")

    assert webhook.headers.count() == 0


def test_replaced_secret_signs_beside_the_old_one_for_a_day(client, webhook):
    old = webhook.secrets.get().value

    response = client.post(reverse("webhooks:secret_replace", args=[webhook.pk]), {"idempotency_key": uuid.uuid4()})

    new = SECRET.search(response.content.decode())[0]
    values = list(webhook.secrets.values_list("value", "expires_at"))
    assert [value for value, _ in values] == [new, old]
    assert (values[0][1], values[1][1] is None) == (None, False)


def test_off_and_on_again_asks_what_becomes_of_the_held(client, webhook, publish_event):
    client.post(reverse("webhooks:webhook_pause", args=[webhook.pk]))
    webhook.refresh_from_db()
    delivery = publish_event(webhook)
    address = reverse("webhooks:webhook_resume", args=[webhook.pk])
    assert client.get(address).context["held"] == 1

    client.post(address, {"held": "none"})

    webhook.refresh_from_db()
    delivery.refresh_from_db()
    assert (webhook.is_active, delivery.status) == (True, "expired")


def test_resume_since_needs_a_date(client, webhook):
    jobs.switch_off(webhook, Webhook.State.PAUSED, timezone.now())

    response = client.post(reverse("webhooks:webhook_resume", args=[webhook.pk]), {"held": "since", "since": ""})

    assert response.context["form"].errors == {"since": ["Enter the date and time from which to send."]}


def test_test_event_goes_to_this_webhook_alone(client, webhook, make_webhook):
    other = make_webhook(events=[events.WEBHOOK_TEST])

    client.post(reverse("webhooks:test_send", args=[webhook.pk]))

    assert (webhook.deliveries.get().event.type, other.deliveries.count()) == ("webhook.test", 0)


def test_redelivery_has_the_same_event(client, webhook, publish_event):
    delivery = publish_event(webhook)

    client.post(reverse("webhooks:delivery_redeliver", args=[webhook.pk, delivery.pk]))

    assert [d.event_id for d in webhook.deliveries.all()] == [delivery.event_id] * 2


@pytest.mark.parametrize("count", [1, 20])
def test_pages_take_a_fixed_number_of_queries(
    client, webhook, publish_event, make_webhook, django_assert_max_num_queries, count
):
    for _ in range(count):
        publish_event(webhook)
        make_webhook()

    with django_assert_max_num_queries(8):
        client.get(reverse("webhooks:webhook_list"))
    with django_assert_max_num_queries(12):
        client.get(reverse("webhooks:webhook_detail", args=[webhook.pk]))


@pytest.mark.parametrize("person", ["manager", "api_user", "member", "external"])
def test_r_w1_webhooks_are_the_owners_alone(request, client_of, person):
    response = client_of(request.getfixturevalue(person)).get(reverse("webhooks:webhook_list"))

    assert response.status_code == 403
    assert "account owner" in response.content.decode()


def test_r_w2_owner_chooses_events_and_projects(create, account, project):
    create(events=[events.TICKET_CREATED, events.TICKET_DELETED], all_projects="False", projects=[project.pk])

    webhook = Webhook.objects.get()
    assert (webhook.events, webhook.all_projects) == ([events.TICKET_CREATED, events.TICKET_DELETED], False)
    assert list(webhook.projects.all()) == [project]


def test_r_w3_http_basic_has_a_user_name_and_a_password(create):
    create(basic_user="erp", basic_password="hush-1")

    webhook = Webhook.objects.get()
    assert (webhook.basic_user, webhook.basic_password) == ("erp", "hush-1")
