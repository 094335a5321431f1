"""A receiver in a process of its own, which notes every request that reaches it whole.

`python -m chaos.receiver` reads the signing secret from its standard input and prints its port. GET answers with
the list of what it received: `[path, webhook-id, sha256 of the body, whether the signature holds]`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"
PAUSE = 0.02  # seconds until it answers, as one across a network might


class Arrival(NamedTuple):
    path: str
    event: str
    digest: str
    is_signed: bool


class Protocol(asyncio.Protocol):
    """As much of HTTP/1.1 as the sender speaks. Signatures are checked as Standard Webhooks says, by our own hand."""

    key = b""
    arrivals: list[Arrival] = []  # noqa: RUF012, of the process: one for all connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            request, *lines = self.data[:end].decode("latin-1").split("\r\n")
            fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            whole = end + 4 + int(fields.get("content-length", 0))
            if len(self.data) < whole:
                return
            body, self.data = self.data[end + 4 : whole], self.data[whole:]
            self.answer(request.split(" "), fields, body)

    def answer(self, request: list[str], fields: dict[str, str], body: bytes) -> None:
        if request[0] == "GET":
            text = json.dumps(self.arrivals).encode()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))
            return
        event = fields.get("webhook-id", "")
        signed = f"{event}.{fields.get('webhook-timestamp', '')}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()
        is_signed = hmac.compare_digest(expected, fields.get("webhook-signature", ""))
        self.arrivals.append(Arrival(request[1], event, hashlib.sha256(body).hexdigest(), is_signed))
        asyncio.get_running_loop().call_later(PAUSE, self.transport.write, OK)


class Receiver:
    def __init__(self, url: str) -> None:
        self.url = url

    def arrivals(self) -> list[Arrival]:
        """Return what arrived so far, in order."""
        with urllib.request.urlopen(self.url) as answer:
            return [Arrival(*one) for one in json.load(answer)]


@contextmanager
def running(secret: str) -> Iterator[Receiver]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "chaos.receiver"]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
        assert process.stdin and process.stdout
        try:
            print(secret, file=process.stdin, flush=True)
            yield Receiver(f"http://127.0.0.1:{process.stdout.readline().strip()}/")
        finally:
            process.kill()


async def serve() -> None:
    Protocol.key = base64.b64decode(sys.stdin.readline().strip().removeprefix("whsec_"))
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
