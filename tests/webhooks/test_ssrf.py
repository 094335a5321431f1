"""Which URLs and addresses may be reached: a table of notations, and a property over all addresses."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhooks.http import client, ssrf
from webhooks.http.outcome import DeliveryError
from webhooks.http.request import Receiver, check_url

PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "198.18.0.1",
    "192.0.0.1", "192.0.0.9", "192.0.2.1", "192.88.99.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "168.63.129.16",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8",
    "64:ff9b::a00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:10::1",
    "2001:db8::1", "2002:a00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fec0::1", "ff02::1", "4000::1", "fe80::1%eth0", "", "localhost", "0x7f.1", "2130706433",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2001:4860::8888"]
NOTATIONS = [
    "http://127.1/", "http://0x7f.1/", "http://0177.0.0.1/", "http://2130706433/", "http://0x7f000001/",
    "http://127.0.0.1./", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[::ffff:a00:1]/",
    "http://[0:0:0:0:0:0:0:1]/", "http://[64:ff9b::a00:1]/", "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/",
    "http://127。0。0。1/", "http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://db.internal/",
    "http://printer.local/", "http://my_container/", "http://user@8.8.8.8/", "http://8.8.8.8\\@10.0.0.1/",
    "http://8.8.8.8#@10.0.0.1/", "http://8.8.8.8:0/", "http://8.8.8.8:/", "http://8.8.8.8:99999/", "http:///x",
    "http://[fe80::1%25eth0]/", "http://10.0.0.1%2f@8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/",
    "http://8.8.8.8/ x", "http://8.8.8.8/\t", "http://a..b/", "http://.a/", "http://a%00b/", "//8.8.8.8/", "8.8.8.8",
    "http://8.8.8.8/" + "x" * 2000,
]  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_is_allowed(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    ssrf.allowed_networks.cache_clear()


@pytest.mark.parametrize("address", PRIVATE)
def test_address_that_is_not_public_is_refused(address):
    assert not ssrf.is_allowed(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_allowed(address):
    assert ssrf.is_allowed(address)


@given(st.ip_addresses())
def test_nothing_that_the_standard_library_calls_special_is_public(address):
    special = not address.is_global or address.is_multicast or address.is_private or address.is_reserved
    holds_ipv4 = address.version == 6 and (address.ipv4_mapped or address.sixtofour or address.teredo)

    assert not (ssrf.is_public(address) and (special or holds_ipv4))


@given(st.ip_addresses(network="::/8") | st.ip_addresses(network="64:ff9b::/32") | st.ip_addresses(network="2002::/16"))
def test_nothing_that_can_hold_an_ipv4_address_is_public(address):
    assert not ssrf.is_public(address)


@given(st.ip_addresses())
def test_operator_opens_exactly_the_networks_listed(address):
    networks = (ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00:1::/32"))

    is_listed = any(address in network for network in networks)

    assert ssrf.is_allowed(str(address)) == ssrf.is_public(address)
    assert not (is_listed and ssrf.is_public(address))


@pytest.mark.parametrize("url", NOTATIONS)
def test_url_of_another_notation_is_refused_when_it_is_saved_and_when_it_is_sent(url):
    with pytest.raises(ssrf.BlockedURLError):
        check_url(url)

    assert client.send(Receiver(url, headers={}), "evt_1", b"{}").error == DeliveryError.ADDRESS


@pytest.mark.parametrize(
    "url",
    ["https://erp.example.com/hooks?a=b", "http://münchen.example/", "https://8.8.8.8:8443/", "http://a.example./"],
)
def test_usual_url_is_taken(url):
    check_url(url)


def test_names_of_containers_are_taken_where_private_networks_are(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ["10.0.0.0/8"]
    ssrf.allowed_networks.cache_clear()

    check_url("http://my_container:8080/hook")
    check_url("http://erp.internal/hook")


def test_refused_address_gets_no_packet(httpserver):
    httpserver.expect_request("/").respond_with_data("inside")

    outcome = client.send(Receiver(f"http://127.0.0.1:{httpserver.port}/", headers={}), "evt_1", b"{}")

    assert (outcome.error, outcome.response_excerpt, outcome.timings) == (DeliveryError.ADDRESS, "", {})
    assert httpserver.log == []
