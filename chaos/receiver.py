"""A receiver in a process of its own, which notes every request that reaches it whole.

`python -m chaos.receiver FILE PORT` reads the signing secret from its standard input and prints its port. It adds a
line to the file for each request, before it answers: path, webhook-id, sha256 of the body, whether the signature holds.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

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
    file: TextIO

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
        event = fields.get("webhook-id", "")
        signed = f"{event}.{fields.get('webhook-timestamp', '')}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()
        is_signed = hmac.compare_digest(expected, fields.get("webhook-signature", ""))
        print(json.dumps([request[1], event, hashlib.sha256(body).hexdigest(), is_signed]), file=self.file, flush=True)
        asyncio.get_running_loop().call_later(PAUSE, self.transport.write, OK)


class Receiver:
    """The process, which may be killed and started again on its port; what arrived outlives it."""

    def __init__(self, secret: str, file: Path) -> None:
        self._secret, self._file, self._port = secret, file, 0
        file.touch()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "chaos.receiver", str(self._file), str(self._port)]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        assert self._process.stdin
        assert self._process.stdout
        print(self._secret, file=self._process.stdin, flush=True)
        self._port = int(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def arrivals(self) -> list[Arrival]:
        """Return what arrived so far, in order."""
        return [Arrival(*json.loads(line)) for line in self._file.read_text().splitlines()]


@contextmanager
def running(secret: str, file: Path) -> Iterator[Receiver]:
    receiver = Receiver(secret, file)
    try:
        yield receiver
    finally:
        receiver.stop()


async def serve(file: TextIO, port: int) -> None:
    Protocol.key, Protocol.file = base64.b64decode(sys.stdin.readline().strip().removeprefix("whsec_")), file
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", port, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with open(sys.argv[1], "a") as arrivals:
        asyncio.run(serve(arrivals, int(sys.argv[2])))
