"""A fast receiver in a process of its own: answers every POST with 200, counts, and notes when each arrived.

`python -m benchmarks.receiver CORE` prints its port. A request to /silent is read and never answered,
one to /after/SECONDS is answered after so long; GET /arrivals returns `{event id: unix seconds}` and forgets them.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"
arrivals: dict[str, float] = {}


class Protocol(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].decode("latin-1")
            fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
            length = int(fields.get("content-length", 0))
            if len(self.data) < end + 4 + length:
                return
            self.data = self.data[end + 4 + length :]
            self.answer(head, fields)

    def answer(self, head: str, fields: dict[str, str]) -> None:
        if head.startswith("GET /arrivals"):
            body = json.dumps(arrivals).encode()
            arrivals.clear()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            return
        arrivals[fields.get("webhook-id", "")] = time.time()
        if head.startswith("POST /after/"):
            seconds = float(head.split(" ", 2)[1].removeprefix("/after/"))
            asyncio.get_running_loop().call_later(seconds, self.transport.write, OK)
        elif not head.startswith("POST /silent"):
            self.transport.write(OK)


async def serve(core: int) -> None:
    os.sched_setaffinity(0, {core})
    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def running(core: int) -> Iterator[str]:
    """Run a receiver on a processor core; yield its base URL."""
    command = [sys.executable, "-m", "benchmarks.receiver", str(core)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
