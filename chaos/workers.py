"""The workers of a cell: real Celery processes, each started again when it dies, as a supervisor would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from chaos.worker import Plan, Point
from planradar.management.commands.start import PROCESSES

DELIVERIES = "deliveries"  # the name of a worker that delivers, or the beginning of it


class Worker:
    """One worker, which dies as planned in its first lives, and then lives on."""

    def __init__(self, plan: Plan, lives: int, directory: Path) -> None:
        self._plan, self._lives, self._directory = plan, lives, directory
        process = PROCESSES["worker" if plan.name.startswith(DELIVERIES) else plan.name].removeprefix("-m celery ")
        self._arguments = process.replace(f"{DELIVERIES}@", f"{plan.name}@").split()
        self._is_over = False
        self.deaths = 0
        self.has_given_up = False
        self._start()
        self._watch = threading.Thread(target=self._start_again)
        self._watch.start()

    @property
    def is_ready(self) -> bool:
        file = self._directory / f"{self._plan.name}.ready"
        return file.exists() and file.read_text() == str(self._process.pid)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def stop(self) -> None:
        self._is_over = True
        self.send(signal.SIGKILL)
        self._watch.join()
        self._bury()

    def _start(self) -> None:
        plan = self._plan if self.deaths < self._lives else replace(self._plan, point=Point.NOWHERE)
        command = [sys.executable, "-m", "chaos.worker", plan.as_json(), *self._arguments]
        with (self._directory / "log").open("a") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def _bury(self) -> None:
        """End what a dead worker had forked, as a supervisor would."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _start_again(self) -> None:
        while self._process.wait() == -signal.SIGKILL and not self._is_over:
            self.deaths += 1
            self._bury()
            self._start()
        self.has_given_up = not self._is_over


class Crew:
    def __init__(self) -> None:
        self.workers = list[Worker]()

    @property
    def deaths(self) -> int:
        return sum(worker.deaths for worker in self.workers)

    @property
    def has_given_up(self) -> bool:
        """Tell whether a worker ended that nobody killed."""
        return any(worker.has_given_up for worker in self.workers)

    def wait_until_ready(self) -> None:
        while not all(worker.is_ready for worker in self.workers) and not self.has_given_up:
            time.sleep(0.05)

    def send(self, number: signal.Signals) -> None:
        for worker in self.workers:
            worker.send(number)


@contextmanager
def working(names: Iterable[str], plan: Plan, lives: int, directory: Path) -> Iterator[Crew]:
    """Run these workers. Only those that deliver die as planned."""
    crew = Crew()
    try:
        for name in names:
            crew.workers.append(
                Worker(replace(plan, name=name), lives if name.startswith(DELIVERIES) else 0, directory)
            )
        crew.wait_until_ready()
        yield crew
    finally:
        for worker in crew.workers:
            worker.stop()
