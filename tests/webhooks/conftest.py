import contextlib
import json
import socket
import ssl
import threading
import uuid
from datetime import timedelta

import pytest
import trustme
from celery import current_app
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Response

from accounts.actors import Actor
from webhooks import events
from webhooks.engine import wakeups
from webhooks.engine.publish import publish, publish_to
from webhooks.http import authorities, connections, exchange, ssrf
from webhooks.models import Delivery, Webhook


@pytest.fixture(autouse=True)
def _fresh_transport():
    """Forget kept connections and the policy, which depend on settings."""
    yield
    authorities.bundle.cache_clear()
    ssrf.allowed_networks.cache_clear()
    connections.kept.close()


@pytest.fixture
def actor(owner):
    return Actor(owner.user, via="page")


@pytest.fixture
def names(monkeypatch):
    """Let names lead to addresses, as `names("receiver.example:80", "10.0.0.1", …)`."""

    def names(name, *addresses):
        monkeypatch.setattr(exchange, "HOSTS", [f"{name}:{','.join(addresses)}"])

    return names


@pytest.fixture
def make_webhook(account):
    def make_webhook(url="http://127.0.0.1:9/", **fields):
        fields = {"account": account, "description": "ERP", "events": [events.TICKET_CREATED]} | fields
        if "basic_user" in fields:
            fields = {"authentication": Webhook.Authentication.BASIC} | fields
        webhook = Webhook.objects.create(url=url, **fields)
        webhook.make_secret(idempotency_key=uuid.uuid4(), now=timezone.now())
        return webhook

    return make_webhook


@pytest.fixture
def receiver(httpserver):
    """Answer every POST to /hook with 200."""
    httpserver.expect_request("/hook", method="POST").respond_with_data("ok")
    return httpserver


@pytest.fixture
def webhook(make_webhook, receiver):
    return make_webhook(receiver.url_for("/hook"))


@pytest.fixture
def publish_event(owner):
    """Let something happen that the webhook is told of; return its delivery."""

    def publish_event(webhook, **data) -> Delivery:

        with transaction.atomic():
            event = publish_to(
                [webhook],
                events.TICKET_CREATED,
                account=webhook.account,
                project=None,
                actor=Actor(owner.user, via="page"),
                data={"id": "1", "type": "tickets", "attributes": data},
            )
        return event.deliveries.get()

    return publish_event


@pytest.fixture
def publish_ticket(owner):
    """Let something happen to a ticket, and tell those that subscribe."""

    def publish_ticket(uid, *, event_type=events.TICKET_CREATED, state=None, **data):
        ticket = {"uuid": uid, "status": 1, "priority": 2, "assigned_to": None, "form": "", "changed": []}
        with transaction.atomic():
            return publish(
                event_type,
                account=owner.account,
                project=None,
                actor=Actor(owner.user, via="page"),
                data={"id": uid, "type": "tickets", "attributes": data},
                ticket=ticket | (state or {}),
            )

    return publish_ticket


@pytest.fixture
def requests_of():
    """Return what a receiver got, as (headers, decoded body)."""

    def requests_of(server):
        return [(request.headers, json.loads(request.data)) for request, _ in server.log]

    return requests_of


@pytest.fixture
def sent_tasks():
    """Empty the broker; return a function that takes what is queued, as (webhook, queue)."""

    def take():
        taken = []
        with current_app.connection_for_write() as connection:
            for queue in (wakeups.DELIVERIES, wakeups.PROBES):
                with connection.SimpleQueue(queue) as messages, contextlib.suppress(messages.Empty):
                    while message := messages.get_nowait():
                        message.ack()
                        taken.append((message.payload[0][0], queue))
        return taken

    take()
    return take


@pytest.fixture
def raw_server():
    """Serve one connection after another with a function of the socket."""
    with contextlib.ExitStack() as stack:

        def serve(answer):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def loop():
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = listener.accept()
                        threading.Thread(target=run, args=(connection,), daemon=True).start()

            def run(connection):
                with contextlib.suppress(OSError), connection:
                    answer(connection)

            threading.Thread(target=loop, daemon=True).start()
            return f"http://127.0.0.1:{listener.getsockname()[1]}/"

        yield serve


@pytest.fixture
def short_timeout(monkeypatch):
    monkeypatch.setattr(exchange, "TOTAL_TIMEOUT", 1.0)


@pytest.fixture
def tls_server(tmp_path, settings):
    """Serve HTTPS for a name; the authority is trusted."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    settings.WEBHOOK_CA_FILES = [str(tmp_path / "ca.pem")]
    authorities.bundle.cache_clear()

    def serve(*names, common_name="", **options):
        """Make a context with a certificate for names, or with one that has but a common name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if common_name:
            file = tmp_path / "nameless.pem"
            file.write_bytes(nameless(authority, common_name))
            context.load_cert_chain(file)
        else:
            authority.issue_cert(*names, **options).configure_cert(context)
        return context

    return serve


def nameless(authority, common_name):
    """Return a certificate without subjectAltName, which trustme does not make, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    signer = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    builder = x509.CertificateBuilder(
        issuer.subject, x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)]), key.public_key(), 1
    )
    certificate = (
        builder.not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return certificate.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)


@pytest.fixture
def https(tls_server, make_httpserver_of):
    return lambda name, **options: make_httpserver_of(tls_server(name, **options))


@pytest.fixture
def make_httpserver_of():
    servers = []

    def make(context):
        server = HTTPServer(host="127.0.0.1", ssl_context=context)
        server.start()
        server.expect_request("/").respond_with_handler(lambda request: Response("ok"))
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop()
