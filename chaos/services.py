"""A PostgreSQL cluster and a Redis server of our own, which a cell may stop, start and kill as it likes."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from functools import cache
from pathlib import Path

import redis

POSTGRES_OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=32MB"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def postgres_programs() -> Path | None:
    """Return the directory of initdb and pg_ctl: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name))
    return next((place for place in reversed(places) if (place / "pg_ctl").exists()), None)


def missing() -> list[str]:
    """Return what has to be installed first."""
    found = {"postgresql": postgres_programs(), "redis-server": shutil.which("redis-server")}
    return [name for name, place in found.items() if place is None]


@cache
def _unprivileged() -> pwd.struct_passwd | None:
    """Return who runs PostgreSQL where we are root, which it refuses to run as."""
    if os.geteuid():
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


class Postgres:
    """A cluster in a directory; its one database is `postgres`."""

    def __init__(self, directory: Path, port: int) -> None:
        self._directory, self._port = directory, port
        self.url = f"postgres://planradar@127.0.0.1:{port}/postgres"

    def make(self) -> None:
        self._directory.mkdir()
        self._own()
        self._run("initdb", "--auth=trust", "--username=planradar", "--encoding=UTF8", "--locale=C", "--no-sync")

    def copy_of(self, template: Path) -> None:
        shutil.copytree(template, self._directory)
        self._own()

    def start(self) -> None:
        options = f"{POSTGRES_OPTIONS} -p {self._port}"
        self._run("pg_ctl", "--wait", f"--log={self._directory}/log", f"--options={options}", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `fast` in good order, `immediate` as a crash."""
        if (self._directory / "postmaster.pid").exists():
            self._run("pg_ctl", "--wait", f"--mode={mode}", "stop")

    def _own(self) -> None:
        if user := _unprivileged():
            for path in [self._directory, *self._directory.rglob("*")]:
                os.chown(path, user.pw_uid, user.pw_gid)

    def _run(self, program: str, *arguments: str) -> None:
        place, user = postgres_programs(), _unprivileged()
        subprocess.run(
            [str(place and place / program), f"--pgdata={self._directory}", *arguments],
            cwd=self._directory,
            check=True,
            stdout=subprocess.DEVNULL,
            user=user and user.pw_uid,
            group=user and user.pw_gid,
            extra_groups=user and [],
        )


class Redis:
    """A server that keeps nothing: started again, it is empty."""

    def __init__(self, directory: Path, port: int) -> None:
        self._directory, self._port = directory, port
        self.url = f"redis://127.0.0.1:{port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self._directory)]
        command = ["redis-server", "--port", str(self._port), *options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        while not self._answers():
            time.sleep(0.02)

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
