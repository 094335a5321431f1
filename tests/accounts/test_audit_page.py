import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actors import Actor
from accounts.audit import log as audit_log
from accounts.audit.views import CHECKED_UNASKED
from accounts.models import AuditEntry
from lib.csv_export import csv_response, safe_cell

pytestmark = pytest.mark.django_db
URL, EXPORT = reverse("accounts:audit_list"), reverse("accounts:audit_export")


@pytest.fixture
def entries(account, owner, manager):
    return [
        audit_log.record("user.created", account=account, actor=Actor(manager.user, via="page"), subject="Nora"),
        audit_log.record("account.changed", account=account, actor=Actor(owner.user, via="page"), subject="Alpha"),
        audit_log.record("webhook.disabled", account=account, actor=None, subject='=HYPERLINK("http://x")'),
    ]


def shown(answer):
    return [row["entry"].subject for row in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ({}, ['=HYPERLINK("http://x")', "Alpha", "Nora"]),
        ({"actor": "marek@"}, ["Nora"]),
        ({"action": "account.changed"}, ["Alpha"]),
        ({"since": "2020-01-01", "until": "2020-01-02"}, []),
        ({"actor": "olga", "action": "user.created"}, []),
    ],
)
def test_owner_filters(client_of, owner, entries, query, subjects):
    assert shown(client_of(owner).get(URL, query)) == subjects


@pytest.mark.parametrize(
    "query",
    [
        {"since": "9999-12-31"},
        {"until": "0001-01-01"},
        {"since": "2026-02-30"},
        {"since": "2026-02-02", "until": "2026-02-01"},
        {"action": "x' OR 1=1"},
        {"actor": "\0"},
        {"actor": "a" * 10_000},
    ],
)
def test_filter_that_cannot_be_read_is_explained_and_filters_nothing(client_of, owner, entries, query):
    answer = client_of(owner).get(URL, query)

    assert (answer.status_code, len(answer.context["form"].errors)) == (200, 1)
    assert client_of(owner).get(EXPORT, query).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "\0"])
def test_page_that_does_not_exist_shows_another(client_of, owner, entries, page):
    assert len(shown(client_of(owner).get(URL, {"page": page}))) == 3


def test_entries_of_another_account_are_not_shown(client_of, stranger, entries):
    assert shown(client_of(stranger).get(URL)) == []


def test_page_says_that_the_chain_holds(client_of, owner, entries):
    assert client_of(owner).get(URL).context["verdict"] == audit_log.verify(owner.account_id)


def test_long_chain_is_checked_when_somebody_asks(client_of, owner, monkeypatch, entries):
    monkeypatch.setattr("accounts.audit.views.CHECKED_UNASKED", 2)
    client = client_of(owner)

    assert [client.get(URL).context["verdict"], client.get(URL, {"check": "1"}).context["verdict"].holds] == [
        None,
        True,
    ]
    assert CHECKED_UNASKED == 500


def test_export_holds_what_the_filter_lets_through_and_no_formula(client_of, owner, entries):
    text = b"".join(client_of(owner).get(EXPORT, {"action": "webhook.disabled"}).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["What"] for row in rows] == ['\'=HYPERLINK("http://x")']
    assert rows[0]["Seal"] == entries[2].seal


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff20"])
def test_cell_that_a_spreadsheet_would_compute_is_escaped(start):
    cells = [f"{start}1+1", f"x;{start}1+1", f' "{start}1+1']

    assert [safe_cell(cell) for cell in cells] == [f"'{start}1+1", f"x;'{start}1+1", f"' \"{start}1+1"]


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("de", ";"), ("pl", ";")])
def test_no_value_makes_a_new_cell_or_line(language, separator):
    cells = ["x;=1+1", "a,b", "tab\there", "line\r\nbreak\u2028", 'quo"te', "", 7]
    with translation.override(language):
        text = b"".join(csv_response("x", ["One"], [cells]).streaming_content).decode("utf-8-sig")

    assert text.splitlines()[1] == separator.join(
        ['"x;\'=1+1"', '"a,b"', '"tab here"', '"line break "', '"quo""te"', '""', '"7"']
    )


def test_cell_that_is_plain_stays_as_it_is():
    assert [safe_cell("a=1"), safe_cell(""), safe_cell(None), safe_cell(7)] == ["a=1", "", "", "7"]


@pytest.mark.parametrize("number", [3, 30])
def test_log_takes_a_fixed_number_of_queries(client_of, owner, django_assert_num_queries, number):
    for _ in range(number):
        audit_log.record("account.changed", account=owner.account, actor=None, subject="Alpha")
    client = client_of(owner)

    with django_assert_num_queries(9):
        client.get(URL)


@pytest.mark.parametrize(
    "name",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-13-45T99:99",
        "2026-01-01T00:00:00+99:99",
        "\x00",
        "\ud800",
        "1" * 5_000,
    ],
)
def test_value_that_is_no_time_is_shown_as_it_is(client_of, owner, account, name):
    """A profile may have any of these as its name, and the log is for ever."""
    audit_log.record("account.changed", account=account, actor=None, subject="Alpha", detail={"name": {"to": name}})
    audit_log.record("account.changed", account=account, actor=None, subject="Alpha", detail={"city": name})

    answer = client_of(owner).get(URL)
    assert (answer.status_code, answer.context["rows"][0]["facts"]) == (
        200,
        [f"city: {name}".replace("\ud800", r"\ud800")],
    )


@pytest.mark.parametrize(
    "detail",
    [
        "",
        "no JSON",
        "[1, 2]",
        "7",
        "null",
        '{"number": ' + "1" * 5_000 + "}",
        '{"a": ' + "[" * 5_000 + "]" * 5_000 + "}",
    ],
    ids=["empty", "text", "list", "number", "null", "long number", "deep"],
)
def test_detail_that_cannot_be_read_is_shown_as_it_is(client_of, owner, account, detail):
    AuditEntry(
        account=account, number=1, at=timezone.now(), action="account.changed", subject="Alpha", detail=detail, seal="x"
    ).save()

    answer = client_of(owner).get(URL)
    assert (answer.status_code, answer.context["rows"][0]["facts"]) == (200, [detail])
    assert client_of(owner).get(EXPORT).status_code == 200
