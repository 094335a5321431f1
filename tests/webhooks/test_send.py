"""Every end of a request is an outcome, within its time and its size."""

import socket
import ssl
import time
import warnings
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from webhooks.http import authorities, client, ssrf
from webhooks.http.connections import Connections
from webhooks.http.outcome import BodyEnd, DeliveryError
from webhooks.http.request import Receiver


def post(url, **headers):
    return client.send(Receiver(url, headers=headers), "evt_1", b"{}")


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

    assert (outcome.error, outcome.body_end, len(outcome.response_excerpt)) == (None, BodyEnd.LIMIT, 8192)


def test_endless_head_is_too_large(raw_server):
    def answer(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Header: " + b"x" * 1000 + b"\r\n")

    assert post(raw_server(answer)).error == DeliveryError.TOO_LARGE


@pytest.mark.parametrize(
    ("head", "ends"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", (DeliveryError.TIMEOUT, "")),
        (b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 ", (DeliveryError.TIMEOUT, "")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", (None, BodyEnd.TIMED_OUT)),
        (b"HTTP/1.1 200 OK\r\n\r\n", (None, BodyEnd.TIMED_OUT)),
        (b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n", (DeliveryError.SERVER, BodyEnd.TIMED_OUT)),
    ],
)
def test_dripping_answer_ends_with_the_attempt(raw_server, short_timeout, head, ends):
    def answer(connection):
        connection.recv(65536)
        connection.sendall(head)
        while True:
            connection.sendall(b"a")
            time.sleep(0.2)

    began = time.monotonic()
    outcome = post(raw_server(answer))

    assert (outcome.error, outcome.body_end) == ends
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
    ssrf.allowed_networks.cache_clear()

    assert post(url).error == DeliveryError.ADDRESS


def test_operators_list_opens_exactly_its_networks(settings, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    ssrf.allowed_networks.cache_clear()

    assert post(httpserver.url_for("/").replace("localhost", "127.0.0.1")).error is None
    assert post(f"http://127.0.0.2:{httpserver.port}/").error == DeliveryError.ADDRESS


def test_of_several_addresses_only_permitted_ones_are_tried(names, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    names(f"receiver.example:{httpserver.port}", "10.0.0.1", "127.0.0.1")

    assert post(f"http://receiver.example:{httpserver.port}/").error is None


def test_name_of_a_private_address_tells_no_more_than_one_that_does_not_exist(names, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    ssrf.allowed_networks.cache_clear()
    names("receiver.example:80", "10.0.0.1")

    found, unknown = post("http://receiver.example/"), post("http://receiver.invalid/")

    assert (found.error, found.timings, found.peer_address) == (unknown.error, unknown.timings, None)
    assert found.error == DeliveryError.DNS


def test_next_address_is_tried_where_one_does_not_answer(names, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    names(f"receiver.example:{httpserver.port}", "127.0.0.2", "127.0.0.1")

    assert post(f"http://receiver.example:{httpserver.port}/").error is None


def test_dead_addresses_before_a_good_one_are_raced(names, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    with ExitStack() as stack:
        dead = [f"127.0.0.{number}" for number in (11, 12, 13)]
        for address in dead:
            listener = stack.enter_context(socket.create_server((address, httpserver.port), backlog=0))
            for _ in range(3):  # its queue is full: further packets are dropped
                full = stack.enter_context(socket.socket())
                full.setblocking(False)
                full.connect_ex(listener.getsockname())
        names(f"receiver.example:{httpserver.port}", *dead, "127.0.0.1")

        outcome = post(f"http://receiver.example:{httpserver.port}/")

    assert (outcome.error, outcome.duration_ms < 2500) == (None, True)


def test_international_name_goes_out_in_its_ascii_form(names, httpserver):
    httpserver.expect_request("/").respond_with_data("ok")
    names(f"xn--mnchen-3ya.example:{httpserver.port}", "127.0.0.1")

    assert post(f"http://münchen.example:{httpserver.port}/").error is None
    assert httpserver.log[0][0].headers["Host"] == f"xn--mnchen-3ya.example:{httpserver.port}"


def test_proxy_of_the_environment_plays_no_part(httpserver, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    httpserver.expect_request("/").respond_with_data("ok")

    assert post(httpserver.url_for("/")).error is None


def post_over(connections, receiver, count):
    """Post one after another over the same connections."""
    over = client.Client(receiver, connections)
    outcomes = []
    for number in range(count):
        over.start(number, f"evt_{number}", b"{}")
        while not (ended := over.wait(5)):
            pass
        outcomes += [outcome for _, outcome in ended]
    return outcomes


@pytest.fixture
def kept():
    connections = Connections()
    yield connections
    connections.close()


def test_kept_connection_that_died_is_opened_anew_and_the_attempt_says_so(raw_server, kept):
    def answer_once(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        connection.recv(65536)  # the second request, which stays without an answer

    outcomes = post_over(kept, Receiver(raw_server(answer_once), headers={}), 3)

    assert [(outcome.error, outcome.was_repeated) for outcome in outcomes] == [
        (None, False),
        (None, True),
        (None, True),
    ]


def test_interim_answers_are_skipped_and_the_final_one_counts(raw_server, kept):
    def answer(connection):
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno")

    outcomes = post_over(kept, Receiver(raw_server(answer), headers={}), 5)

    assert {(outcome.status_code, outcome.response_head) for outcome in outcomes} == {(500, "Content-Length: 2")}


@pytest.mark.parametrize(
    "rest", [b"Content-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"Content-Length: 2\r\n\r\nnono"]
)
def test_connection_with_more_than_an_answer_is_not_used_again(raw_server, kept, rest):
    opened = []

    def answer(connection):
        opened.append(connection)
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 500 No\r\n" + rest)

    outcomes = post_over(kept, Receiver(raw_server(answer), headers={}), 3)

    assert ([outcome.status_code for outcome in outcomes], len(opened)) == ([500, 500, 500], 3)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", BodyEnd.BROKEN_OFF),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf", BodyEnd.BROKEN_OFF),
        (b"HTTP/1.1 200 OK\r\n\r\nhalf", BodyEnd.WHOLE),
    ],
)
def test_status_counts_whatever_becomes_of_the_body(raw_server, answer, ends):
    def serve(connection):
        connection.recv(65536)
        connection.sendall(answer)

    outcome = post(raw_server(serve))

    assert (outcome.error, outcome.response_excerpt, outcome.body_end) == (None, "half", ends)


def test_certificate_is_verified_against_the_name(https):
    right, wrong = https("localhost"), https("elsewhere.example")

    good, bad = post(f"https://localhost:{right.port}/"), post(f"https://localhost:{wrong.port}/")

    assert (good.error, bad.error) == (None, DeliveryError.TLS_NAME)
    assert set(good.timings) == {"dns", "connect", "tls", "wait"}


def test_unknown_authority_is_a_tls_fault(https, settings):
    server = https("localhost")
    settings.WEBHOOK_CA_FILES = []
    authorities.bundle.cache_clear()

    assert post(f"https://localhost:{server.port}/").error == DeliveryError.TLS_ISSUER


def test_name_with_a_trailing_dot_is_the_same_name(https):
    server = https("localhost")

    assert post(f"https://localhost.:{server.port}/").error is None


def test_certificate_that_has_expired_says_so(https):
    server = https("localhost", not_after=timezone.now() - timedelta(days=1))

    assert post(f"https://localhost:{server.port}/").error == DeliveryError.TLS_EXPIRED


def test_certificate_with_a_common_name_alone_is_refused_before_anything_is_sent(tls_server, make_httpserver_of):
    server = make_httpserver_of(tls_server(common_name="localhost"))

    assert post(f"https://localhost:{server.port}/").error == DeliveryError.TLS_NO_NAME
    assert server.log == []


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_receiver_that_wants_a_client_certificate_says_so(tls_server, make_httpserver_of, version):
    context = tls_server("localhost")
    context.verify_mode, context.minimum_version, context.maximum_version = ssl.CERT_REQUIRED, version, version

    error = post(f"https://localhost:{make_httpserver_of(context).port}/").error

    assert error == DeliveryError.TLS_CLIENT


def test_receiver_with_old_versions_of_tls_alone_says_so(tls_server, make_httpserver_of):
    context = tls_server("localhost")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1

    assert post(f"https://localhost:{make_httpserver_of(context).port}/").error == DeliveryError.TLS_VERSION


def test_receiver_without_tls_on_its_port_says_so(httpserver):
    assert post(f"https://localhost:{httpserver.port}/").error == DeliveryError.TLS
