"""The files under deploy/ start what `manage.py start` starts, and the programs that read them find no fault."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import trustme
import yaml

from planradar.management.commands.start import PROCESSES

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
WORKERS = {"deliveries", "probes", "upkeep"}


def run(*command, **options):
    if shutil.which(command[0]) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{command[0]} is missing")
        pytest.skip(f"{command[0]} is missing")
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def queue_of(words):
    return words[words.index("--queues") + 1] if "--queues" in words else None


def test_each_queue_has_its_worker_everywhere():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    started = {queue_of(command.split()) for command in PROCESSES.values()} - {None}
    units = {queue_of(unit.read_text().split()) for unit in UNITS} - {None}
    containers = {queue_of(service.get("command", [])) for service in compose.values()} - {None}
    assert started == units == containers == WORKERS


def test_every_setting_of_the_example_is_one():
    settings = (ROOT / "planradar" / "settings.py").read_text()

    names = re.findall(r"^([A-Z_]+)=", (DEPLOY / "planradar.env.example").read_text(), re.MULTILINE)
    assert [name for name in names if f'"{name}"' not in settings] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_unit_is_sound(tmp_path, unit):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={program}", unit.read_text()))

    assert run("systemd-analyze", "verify", str(copy)).stderr == ""


def test_nginx_reads_its_configuration(tmp_path):
    issued = trustme.CA().issue_cert("integrations.example.com")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "fullchain.pem")
    text = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/planradar", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{\n{text.replace('/var/log/nginx', str(tmp_path))}\n}}"
    )

    answer = run("nginx", "-t", "-c", str(tmp_path / "nginx.conf"))

    assert answer.returncode == 0, answer.stderr


def test_caddy_reads_its_configuration(tmp_path):
    answer = run(
        "caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"),
        env=os.environ | {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)},
    )  # fmt: skip

    assert answer.returncode == 0, answer.stderr


def test_container_starts_as_nobody_in_particular():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()

    assert "USER planradar" in lines
    assert lines.index("USER planradar") < next(n for n, line in enumerate(lines) if line.startswith("CMD"))
