"""The whole product as its users run it: `manage.py start` in a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """A running installation. `manage` runs a command of it; `kill` ends one of its processes the hard way."""

    def __init__(self, directory, environment):
        self.port = free_port()
        self.directory = directory
        self.environment = (
            os.environ
            | environment
            | {
                "DATA_DIR": str(directory),
                "PORT": str(self.port),
                "DEBUG": "true",
                "API_RATE_LIMIT": "5000",
            }
        )
        self.url = f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def start(self):
        log = (self.directory / "log.txt").open("a")
        command = [sys.executable, "manage.py", "start"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/health/live") as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert self.process.poll() is None, (self.directory / "log.txt").read_text()
                time.sleep(0.1)
        self.demo = json.loads(self.manage("demo", "--json"))
        return self

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)

    def pids(self, word):
        found = subprocess.run(["pgrep", "-f", word], capture_output=True, text=True, check=False).stdout.split()
        return [
            int(pid)
            for pid in found
            if f"DATA_DIR={self.directory}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        ]
