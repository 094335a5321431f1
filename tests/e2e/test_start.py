"""Starting and ending the product as its README says."""

import json
import os
import socket
import subprocess
import sys

from .stack import ROOT, Stack


def test_ctrl_c_ends_every_process(tmp_path):
    running = Stack(tmp_path, {"DATABASE_URL": "", "REDIS_URL": ""}).start()
    names = ("gunicorn", "celery", "manage.py start")
    assert all(running.pids(name) for name in names)

    running.stop()

    assert [running.pids(name) for name in names] == [[], [], []]


def test_taken_port_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = os.environ | {"DATA_DIR": str(tmp_path), "PORT": str(port), "DATABASE_URL": "", "REDIS_URL": ""}
        command = [sys.executable, "manage.py", "start"]
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    assert ended.returncode == 1
    assert f"Port {port} is taken." in ended.stderr


def test_demo_is_idempotent_and_replaces_its_token(stack):
    again = json.loads(stack.manage("demo", "--json"))

    assert again["users"] == stack.demo["users"]
    assert again["token"] != stack.demo["token"]
    stack.demo = again
