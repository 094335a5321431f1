"""Every end of a request is an outcome, within its time and its size."""

import socket
import time

import pytest

from webhooks.http import client, connections, ssrf
from webhooks.http.outcome import DeliveryError


def post(url, **headers):
    return client.Receiver(url, headers=headers).post(headers={}, body=b"{}")


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (200, None),
        (204, None),
        (302, DeliveryError.REDIRECT),
        (400, DeliveryError.CLIENT),
        (410, DeliveryError.CLIENT),
        (500, DeliveryError.SERVER),
    ],
)
def test_status_decides(httpserver, status, fault):
    httpserver.expect_request("/").respond_with_data("x", status=status)

    outcome = post(httpserver.url_for("/"))

    assert (outcome.error, outcome.status_code) == (fault, status)


def test_redirect_is_not_followed_and_shown(httpserver):
    httpserver.expect_request("/").respond_with_data("", status=307, headers={"Location": "/elsewhere"})

    outcome = post(httpserver.url_for("/"))

    assert "Location: /elsewhere" in outcome.response_head.splitlines()
    assert len(httpserver.log) == 1


def test_answer_is_kept_up_to_8_kib(httpserver):
    httpserver.expect_request("/").respond_with_data("x" * 20_000)

    assert post(httpserver.url_for("/")).response_excerpt == "x" * 8192


def test_retry_after_counts_with_503_alone(httpserver):
    httpserver.expect_request("/503").respond_with_data(status=503, headers={"Retry-After": "120"})
    httpserver.expect_request("/500").respond_with_data(status=500, headers={"Retry-After": "120"})

    assert post(httpserver.url_for("/503")).retry_after == 120
    assert post(httpserver.url_for("/500")).retry_after is None


def test_endless_body_is_read_to_the_cap_and_counts_as_delivered(raw_server):
    def answer(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    outcome = post(raw_server(answer))

    assert (outcome.error, len(outcome.response_excerpt)) == (None, 8192)


def test_endless_head_is_too_large(raw_server):
    def answer(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Header: " + b"x" * 1000 + b"\r\n")

    assert post(raw_server(answer)).error == DeliveryError.TOO_LARGE


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"])
def test_dripping_answer_ends_with_the_attempt(raw_server, short_timeout, head):
    def answer(connection):
        connection.recv(65536)
        connection.sendall(head)
        while True:
            connection.sendall(b"a")
            time.sleep(0.2)

    began = time.monotonic()
    outcome = post(raw_server(answer))

    assert outcome.error == DeliveryError.TIMEOUT
    assert time.monotonic() - began < 2


def test_tls_handshake_that_never_ends_times_out(raw_server, short_timeout):
    url = raw_server(lambda connection: time.sleep(10)).replace("http:", "https:")

    assert post(url).error == DeliveryError.TIMEOUT


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert post(f"http://127.0.0.1:{port}/").error == DeliveryError.CONNECT


def test_connection_closed_without_an_answer_is_broken(raw_server):
    assert post(raw_server(lambda connection: connection.recv(65536))).error == DeliveryError.BROKEN


def test_unknown_name_is_a_dns_fault():
    assert post("http://receiver.invalid/").error == DeliveryError.DNS


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://[fd00::1]/",
        "http://localhost/",
    ],
)
def test_private_address_is_refused_in_every_notation(settings, url):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    ssrf.policy.cache_clear()

    assert post(url).error == DeliveryError.ADDRESS


def test_operators_list_opens_exactly_its_networks(settings, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    ssrf.policy.cache_clear()

    assert post(httpserver.url_for("/").replace("localhost", "127.0.0.1")).error is None
    assert post(f"http://127.0.0.2:{httpserver.port}/").error == DeliveryError.ADDRESS


@pytest.fixture
def names(monkeypatch):
    """Let a name resolve to other addresses at each look-up; return the list of look-ups."""

    def names(*answers):
        lookups = []

        def look_up(host, port, *args):
            lookups.append(host)
            found = answers[min(len(lookups), len(answers)) - 1]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return lookups

    return names


def test_of_several_addresses_only_permitted_ones_are_tried(names, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    names(["10.0.0.1", "127.0.0.1"])

    assert post(f"http://receiver.example:{httpserver.port}/").error is None


def test_name_that_moves_to_a_private_address_is_refused_when_it_does(names, httpserver):
    httpserver.expect_request("/").respond_with_data("ok", headers={"Connection": "close"})
    lookups = names(["127.0.0.1"], ["10.0.0.1"])
    url = f"http://receiver.example:{httpserver.port}/"

    assert [post(url).error, post(url).error] == [None, DeliveryError.ADDRESS]
    assert len(lookups) == 2  # one look-up for a connection: what was checked is what is connected to


def test_next_address_is_tried_where_one_does_not_answer(names, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    names(["127.0.0.2", "127.0.0.1"])

    assert post(f"http://receiver.example:{httpserver.port}/").error is None


def test_international_name_goes_out_in_its_ascii_form(names, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    lookups = names(["127.0.0.1"])

    post(f"http://münchen.example:{httpserver.port}/")

    assert lookups == ["xn--mnchen-3ya.example"]
    assert httpserver.log[0][0].headers["Host"] == f"xn--mnchen-3ya.example:{httpserver.port}"


def test_proxy_of_the_environment_plays_no_part(httpserver, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    httpserver.expect_request("/").respond_with_data("ok")

    assert post(httpserver.url_for("/")).error is None


def test_kept_alive_connection_that_went_stale_is_opened_anew(raw_server):
    def answer_once(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        connection.recv(65536)  # the second request, which stays without an answer

    receiver = client.Receiver(raw_server(answer_once), headers={})
    outcomes = [receiver.post(headers={}, body=b"{}") for _ in range(3)]

    assert [outcome.error for outcome in outcomes] == [None, None, None]


def test_certificate_is_verified_against_the_name(https):
    right, wrong = https("localhost"), https("elsewhere.example")

    good, bad = post(f"https://localhost:{right.port}/"), post(f"https://localhost:{wrong.port}/")

    assert (good.error, bad.error) == (None, DeliveryError.TLS)
    assert set(good.timings) == {"dns", "connect", "tls", "wait"}


def test_unknown_authority_is_a_tls_fault(https, settings):
    server = https("localhost")
    settings.WEBHOOK_CA_FILES = []
    connections.tls_context.cache_clear()

    assert post(f"https://localhost:{server.port}/").error == DeliveryError.TLS
