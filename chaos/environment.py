"""Where cells are played: each in a directory of its own, with a copy of migrated databases made once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chaos.result import Result
from chaos.scenarios import Cell
from chaos.services import Postgres, Redis, free_port, missing

ROOT = Path(__file__).resolve().parent.parent
MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
DATA = "data"  # for its user alone, unlike what PostgreSQL runs in
LOG_SHOWN = 8000  # characters, where something is wrong


class Ground:
    """Templates of both databases, and cells that are played with copies of them."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._templates = directory, directory / "templates"
        self._templates.mkdir(mode=0o755)
        self._keys = {key: os.urandom(16).hex() for key in ("SECRET_KEY", "SALT_KEYS", "AUDIT_KEYS", "TOKEN_PEPPERS")}
        subprocess.run(MIGRATE, cwd=ROOT, env=self._environment(self._templates, {}), check=True)
        if not missing():
            self._make_postgres()

    def play(self, cell: Cell, events: int) -> Result:
        """Play one cell in a process of its own, which puts away all that it started, also when it is interrupted."""
        directory = Path(tempfile.mkdtemp(dir=self._directory))
        directory.chmod(0o755)
        services: dict[str, str] = {}
        if cell.is_embedded:
            (directory / DATA).mkdir()
            for file in (self._templates / DATA).glob("db.sqlite3*"):
                shutil.copy(file, directory / DATA)
        else:
            services = {
                "DATABASE_URL": Postgres(directory, free_port()).url,
                "REDIS_URL": Redis(directory, free_port()).url,
            }
        command = [sys.executable, "-m", "chaos.run", cell.name, str(events), str(self._templates)]
        try:
            output = _run_undisturbed(command, self._environment(directory, services), directory / "log")
            result = Result(**json.loads(output))
            if cell.complaints(result):
                _show_log(directory)
            return result
        except subprocess.CalledProcessError:
            _show_log(directory)
            raise
        finally:
            shutil.rmtree(directory)

    def _make_postgres(self) -> None:
        postgres = Postgres(self._templates / "postgres", free_port())
        postgres.make()
        postgres.start()
        try:
            environment = self._environment(self._templates, {"DATABASE_URL": postgres.url})
            subprocess.run(MIGRATE, cwd=ROOT, env=environment, check=True)
        finally:
            postgres.stop("fast")

    def _environment(self, directory: Path, services: dict[str, str]) -> dict[str, str]:
        others = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL", "DEBUG"}}
        own = {
            "DJANGO_SETTINGS_MODULE": "planradar.settings",
            "DATA_DIR": str(directory / DATA),
            "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
        }
        return others | own | self._keys | services


def _run_undisturbed(command: list[str], environment: dict[str, str], log: Path) -> str:
    """Return what the command prints. Ctrl-C is passed on to it once, and then it is waited for."""
    with log.open("a") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        )
    try:
        output, _ = process.communicate()
    except BaseException:
        process.send_signal(signal.SIGINT)
        while process.returncode is None:
            with suppress(KeyboardInterrupt):
                process.wait()
        raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return output


def _show_log(directory: Path) -> None:
    print((directory / "log").read_text()[-LOG_SHOWN:], file=sys.stderr)


@contextmanager
def prepared() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(prefix="planradar-faults-") as name:
        Path(name).chmod(0o755)  # PostgreSQL runs as another user where we are root
        yield Ground(Path(name))
