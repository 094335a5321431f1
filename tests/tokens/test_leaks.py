"""Tokens that became public: the report of others, and the scan of one's own files."""

import json
import os
import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from tokens import leaks, token_format
from tokens.models import LeakReport

pytestmark = pytest.mark.django_db
INVENTED = f"prpat_{'0' * 40}"
UNKNOWN = INVENTED + token_format.checksum(INVENTED)


@pytest.fixture
def report(client):
    def report(tokens, **extra):
        body = tokens if isinstance(tokens, bytes) else json.dumps({"tokens": tokens})
        answer = client.post("/api/leaked_tokens", body, content_type="application/json", **extra)
        leaks.revoke_reported(timezone.now())
        return answer

    return report


def test_reported_token_ends_and_its_people_are_told(api_user, owner, make_token, call, report):
    token, secret = make_token(api_user, name="ERP")

    answer = report([secret])

    token.refresh_from_db()
    assert (answer.status_code, call(secret, api_user.account).status_code) == (202, 401)
    assert (token.state, token.revocation_reason, token.revoked_by) == ("revoked", "leaked", None)
    assert sorted(OutgoingMail.objects.filter(kind="token_leaked").values_list("to", flat=True)) == [
        api_user.user.email,
        owner.user.email,
    ]
    assert secret not in OutgoingMail.objects.first().text


def test_owners_token_ends_too_with_one_mail(owner, make_token, report):
    token, secret = make_token(owner)

    report([secret])

    token.refresh_from_db()
    assert token.revocation_reason == "leaked"
    assert OutgoingMail.objects.get().to == owner.user.email


def test_link_in_the_mail_works(api_user, make_token, report, client_of, settings):
    settings.BASE_URL = "http://testserver"
    report([make_token(api_user)[1]])

    mail = OutgoingMail.objects.get(to=api_user.user.email)
    link = re.search(r"http://testserver(\S+)", mail.text)[1]
    assert client_of(api_user).get(link).status_code == 200


def test_token_is_found_in_what_surrounds_it(api_user, make_token, report):
    token, secret = make_token(api_user)

    report([f'KEY="{secret}"\n'])

    token.refresh_from_db()
    assert token.revocation_reason == "leaked"


def test_expired_token_stays_expired_and_nobody_is_told(api_user, make_token, report, ago):
    token, secret = make_token(api_user, expires_at=ago(days=1))

    report([secret])

    token.refresh_from_db()
    assert (token.state, OutgoingMail.objects.count()) == ("expired", 0)


def test_second_report_of_a_token_tells_nobody_again(api_user, make_token, report):
    secret = make_token(api_user)[1]
    for _ in range(2):
        report([secret])

    assert OutgoingMail.objects.count() == 2


def test_answer_is_always_alike(api_user, make_token, report, ago):
    live, expired = make_token(api_user)[1], make_token(api_user, expires_at=ago(days=1))[1]

    answers = [report(tokens) for tokens in ([live], [live], [expired], [UNKNOWN], ["nonsense"], [], [live] * 100)]

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1


def test_request_does_the_same_whatever_is_found(api_user, make_token, client, django_assert_num_queries):
    token, live = make_token(api_user)
    for found in (live, UNKNOWN, "nonsense"):
        with django_assert_num_queries(1):  # the report is written down
            client.post("/api/leaked_tokens", {"tokens": [found]}, content_type="application/json")

    token.refresh_from_db()
    assert (token.state, LeakReport.objects.count()) == ("live", 3)


@pytest.mark.parametrize("text", [b"[[],", b"{}," * 3, b'"\\",'])
def test_body_is_measured_before_it_is_read(client, text):
    content = text * (40 * 2**20 // len(text))
    answer = client.post("/api/leaked_tokens", content, content_type="application/json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")


def test_report_is_counted_before_its_body_is_read(client):
    statuses = [client.post("/api/leaked_tokens", b"{", content_type="application/json").status_code for _ in range(11)]

    assert statuses == [400] * 10 + [429]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b'{"tokens": ["a\\u0000"]}', 400),
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"tokens": "x"}', 422),
        (b'{"tokens": [1]}', 422),
        (json.dumps({"tokens": ["x"] * 101}).encode(), 422),
        (json.dumps({"tokens": ["x" * 501]}).encode(), 422),
    ],
)
def test_bad_report_is_refused(report, body, status):
    answer = report(body)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_refusal_does_not_repeat_what_was_sent(api_user, make_token, report):
    secret = make_token(api_user)[1]

    assert secret not in report(json.dumps({"tokens": [secret, 1]}).encode()).content.decode()


@pytest.mark.usefixtures("still")
def test_reports_are_limited_by_address(report):
    statuses = [report([]).status_code for _ in range(11)]

    assert statuses == [202] * 10 + [429]
    assert report([], REMOTE_ADDR="192.0.2.5").status_code == 202


def test_reading_the_address_makes_nothing(client):
    assert client.get("/api/leaked_tokens").status_code == 405


def test_scan_finds_live_tokens_and_never_prints_them(api_user, make_token, ago, tmp_path, capsys):
    live, old = make_token(api_user, name="ERP")[1], make_token(api_user, expires_at=ago(days=1))[1]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "env").write_bytes(b"\xff\x00\nTOKEN=" + live.encode() + b"\n")
    (tmp_path / "notes.txt").write_text(f"{old}\n{UNKNOWN} {UNKNOWN[:-1]}x prpat_short {live}more")

    with pytest.raises(SystemExit) as ended:
        call_command("scan_tokens", str(tmp_path))

    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert lines == [
        f"{tmp_path}/deep/env:2: prpat_…{live[-4:]}: live, “ERP” of {api_user.user.email} in Alpha",
        f"{tmp_path}/notes.txt:1: prpat_…{old[-4:]}: expired, “Test” of {api_user.user.email} in Alpha",
        f"{tmp_path}/notes.txt:2: prpat_…{UNKNOWN[-4:]}: not of this installation",
        f"{tmp_path}/notes.txt:2: prpat_…{live[-4:]}: live, “ERP” of {api_user.user.email} in Alpha",
    ]


@pytest.mark.parametrize(
    "content",
    [
        lambda text: json.dumps(f"key:\n{text}").encode(),
        lambda text: b"x=%20" + text.encode() + b"abc",
        lambda text: f"key:\n{text}\n".encode("utf-16"),
        lambda text: b"\xff\xfe" + bytes(2**20 - 20) + text.encode(),
        lambda text: b"a" * (2**20 - 20) + text.encode() + b"a" * 2**20,
    ],
    ids=["escaped", "glued", "utf-16", "binary", "long line"],
)
def test_scan_finds_a_token_wherever_it_stands(api_user, make_token, tmp_path, capsys, content):
    (tmp_path / "file").write_bytes(content(make_token(api_user)[1]))

    with pytest.raises(SystemExit):
        call_command("scan_tokens", str(tmp_path))
    assert capsys.readouterr().out.count("live") == 1


def test_scan_does_not_wait_for_pipes_nor_follow_links_to_nowhere(tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "missing")

    call_command("scan_tokens", str(tmp_path), str(tmp_path / "pipe"))

    assert capsys.readouterr() == ("", "")


def test_scan_of_clean_files_succeeds(tmp_path, capsys):
    (tmp_path / "a").write_text("nothing")
    call_command("scan_tokens", str(tmp_path))

    assert capsys.readouterr().out == ""


def test_scan_says_which_paths_it_could_not_read(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("scan_tokens", str(tmp_path / "missing"))

    assert ended.value.code == 2
    assert capsys.readouterr().err == f"{tmp_path}/missing: No such file or directory\n"


def test_token_page_names_the_reason(api_user, make_token, report, client_of):
    report([make_token(api_user)[1]])

    assert "reported as leaked" in client_of(api_user).get(reverse("tokens:token_list")).content.decode()
