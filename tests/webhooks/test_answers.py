"""Answers of receivers that are odd, hostile, or tell what they should not."""

import base64
import json
import socket
import time
from contextlib import ExitStack
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone
from werkzeug import Response

from webhooks.engine.drain import drain
from webhooks.http import answers, client, exchange
from webhooks.http.outcome import DeliveryError
from webhooks.http.request import Receiver
from webhooks.models import Attempt, Header
from webhooks.pages.connection_check import check


def post(url, **headers):
    return client.send(Receiver(url, headers=headers), "evt_1", b"{}")


def answering(answer):
    def serve(connection):
        connection.recv(65536)
        connection.sendall(answer)

    return serve


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", DeliveryError.BROKEN),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 110_000, DeliveryError.TOO_LARGE),
        (b"HTTP/1.1 101 Switching\r\n\r\n", DeliveryError.STATUS),
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", DeliveryError.STATUS),
    ],
)
def test_odd_answer_has_its_fault(raw_server, answer, fault):
    assert post(raw_server(answering(answer))).error == fault


def test_answer_without_end_before_the_final_head_is_cut_off(raw_server):
    def answer(connection):
        connection.recv(65536)
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    assert post(raw_server(answer)).error == DeliveryError.TOO_LARGE


@pytest.mark.django_db
def test_zero_bytes_in_an_answer_are_recorded(make_webhook, publish_event, raw_server):
    webhook = make_webhook(raw_server(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\0b")))
    delivery = publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    delivery.refresh_from_db()
    attempt = delivery.attempts.get()
    assert (delivery.status, attempt.response_excerpt) == ("delivered", "a\ufffdb")


def test_retry_after_may_be_a_date(httpserver):
    until = format_datetime(timezone.now() + timedelta(seconds=600), usegmt=True)
    httpserver.expect_request("/").respond_with_data(status=429, headers={"Retry-After": until})

    assert post(httpserver.url_for("/")).retry_after == pytest.approx(600, abs=3)


@pytest.mark.parametrize("text", ["soon", "-5", "Mon, 99 Nov 2026 99:00:00 GMT", "1e9", "²", "9" * 500])
def test_retry_after_of_nonsense_harms_nobody(httpserver, text):
    httpserver.expect_request("/").respond_with_data(
        status=503, headers={"Retry-After": text.encode().decode("latin-1")}
    )

    assert post(httpserver.url_for("/")).retry_after in {None, 999_999_999}


@pytest.mark.django_db
@pytest.mark.parametrize("encode", [str, json.dumps, lambda text: base64.b64encode(text.encode()).decode()])
def test_echo_of_a_secret_is_masked_however_it_is_written(make_webhook, publish_event, httpserver, encode):
    secret = 'hush"żółw/1'
    httpserver.expect_request("/").respond_with_handler(lambda request: Response(encode(secret)))
    webhook = make_webhook(httpserver.url_for("/"), basic_user="erp", basic_password=secret)
    publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    assert Attempt.objects.get().response_excerpt.strip('"') == "••••••"


@pytest.mark.django_db
def test_secret_across_the_end_of_what_is_kept_leaves_no_half(make_webhook, publish_event, httpserver):
    body, head = "x" * (answers.EXCERPT_LENGTH - 4) + "QZjk-2", "x" * (answers.VALUE_KEPT - 4) + "QZjk-2"
    httpserver.expect_request("/").respond_with_data(body, headers={"X-Echo": head})
    webhook = make_webhook(httpserver.url_for("/"))
    Header.objects.create(webhook=webhook, name="X-Key", value="QZjk-2", is_hidden=True)
    publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    attempt = Attempt.objects.get()
    assert "QZ" not in attempt.response_excerpt + attempt.response_head


@pytest.mark.django_db
def test_password_beyond_latin_letters_goes_out_in_utf_8(make_webhook, publish_event, receiver):
    webhook = make_webhook(receiver.url_for("/hook"), basic_user="zażółć", basic_password="gęślą")
    publish_event(webhook)

    drain(webhook.pk, slow_lane=True)

    sent = receiver.log[0][0].headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "zażółć:gęślą"


def test_header_that_cannot_be_sent_is_a_fault_of_ours():
    outcome = post("http://127.0.0.1:9/", **{"X-A": "zażółć"})

    assert outcome.error == DeliveryError.INTERNAL


@pytest.mark.django_db
@pytest.mark.parametrize("ending", [lambda connection: time.sleep(5), lambda connection: connection.recv(10)])
def test_check_names_the_step_of_tls_that_never_ended(make_webhook, actor, raw_server, short_timeout, ending):
    webhook = make_webhook(raw_server(ending).replace("http:", "https:"))

    steps = check(webhook, actor, timezone.now())

    assert steps[3].text.startswith("The receiver did not complete the TLS handshake.")
    assert {step.label: step.state for step in steps} == {
        "Address allowed": "ok",
        "Name found": "ok",
        "Connected": "ok",
        "TLS": "failed",
        "HTTP answer": "skipped",
    }


def test_address_that_does_not_take_the_connection_in_time_is_no_connection(monkeypatch):
    monkeypatch.setattr(exchange, "CONNECT_TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as stack:
        for _ in range(3):
            full = stack.enter_context(socket.socket())
            full.setblocking(False)
            full.connect_ex(listener.getsockname())

        assert post(f"http://127.0.0.1:{listener.getsockname()[1]}/").error == DeliveryError.CONNECT


def test_long_head_is_cut_and_says_so(raw_server):
    head = b"".join(b"X-%d: y\r\n" % number for number in range(51))

    outcome = post(raw_server(answering(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")))

    assert outcome.response_head.splitlines()[-2:] == ["X-49: y", "… (+1)"]


def test_long_value_is_cut_and_says_so(httpserver):
    httpserver.expect_request("/").respond_with_data("ok", headers={"X-Long": "y" * 2000})

    assert f"X-Long: {'y' * 1000}…" in post(httpserver.url_for("/")).response_head.splitlines()
