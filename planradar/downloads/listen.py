#!/usr/bin/env python3
"""Receive PlanRadar's events on your own machine: pull them with a token of the account owner, post them, signed.

    export TOKEN=prpat_…
    python3 listen.py https://planradar.example.com 1 --to http://127.0.0.1:3000/hook

Python 3.9 or newer and nothing else. Without --to, events are printed alone. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

PAGE = 100  # events
POLL = 5  # seconds; each look counts against the account's limit
LONGEST_WAIT = 60  # seconds, after failures
TIMEOUT = 15  # seconds


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", help="where PlanRadar is, such as https://planradar.example.com")
    parser.add_argument("customer", help="your customer id")
    parser.add_argument("--to", help="the local address to post to; without it, events are printed alone")
    parser.add_argument("--types", default="", help="events to receive, with commas between; all without it")
    parser.add_argument("--since", help="begin behind the event of this id or sequence; without it, from now on")
    parser.add_argument("--from-start", action="store_true", help="begin with the oldest event that is kept")
    parser.add_argument("--state", type=Path, help="a file that holds the last event, to go on with after a restart")
    parser.add_argument("--secret", help="whsec_… to sign with; without it, one is made and printed")
    parser.add_argument("--once", action="store_true", help="end when there are no more events")
    return parser.parse_args()


def say(text: str) -> None:
    print(text, flush=True)


def page_of_events(options: argparse.Namespace, token: str, after: str) -> dict[str, Any]:
    """Return the next events and the position behind them. Wait out refusals and outages."""
    query = urllib.parse.urlencode({"after": after, "types": options.types, "pagesize": PAGE})
    url = f"{options.base.rstrip('/')}/api/v2/{options.customer}/events?{query}"
    wait = 1
    while True:
        request = urllib.request.Request(url, headers={"X-PlanRadar-API-Key": token, "User-Agent": "listen.py"})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            if error.code != 429 and error.code < 500:
                sys.exit(f"PlanRadar refused ({error.code}): {reason_in(error)}")
            pause = int(error.headers.get("Retry-After") or wait)
            say(f"PlanRadar answered {error.code}; trying again in {pause} s")
        except (OSError, ValueError) as error:
            pause = wait
            say(f"PlanRadar cannot be reached ({error}); trying again in {pause} s")
        time.sleep(pause)
        wait = min(wait * 2, LONGEST_WAIT)


def reason_in(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


def signed(body: bytes, event_id: str, secret: str) -> dict[str, str]:
    """Return the headers of a delivery, as Standard Webhooks describes."""
    now = str(int(time.time()))
    key = base64.b64decode(secret[6:] if secret.startswith("whsec_") else secret)
    digest = hmac.new(key, f"{event_id}.{now}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "PlanRadar-Webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def post(url: str, body: bytes, event_id: str, secret: str) -> str:
    """Post until the receiver answers, whatever it answers; return what it said."""
    wait = 1
    while True:
        request = urllib.request.Request(url, body, signed(body, event_id, secret), method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                return f"{answer.status} {answer.reason}"
        except urllib.error.HTTPError as error:
            return f"{error.code} {error.reason}"
        except OSError as error:
            say(f"{url} cannot be reached ({error}); trying again in {wait} s")
        time.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def first_position(options: argparse.Namespace, token: str) -> str:
    """Return what to send as `after` first: what was kept, what was asked for, or the newest event there is."""
    if options.state and options.state.exists():
        return options.state.read_text().strip()
    if options.since or options.from_start:
        return options.since or ""
    return page_of_events(options, token, "latest")["meta"]["next"] or ""


def hand_over(event: dict[str, Any], options: argparse.Namespace, secret: str) -> None:
    body = json.dumps(event["attributes"], ensure_ascii=False, separators=(",", ":")).encode()
    answer = post(options.to, body, event["id"], secret) if options.to else "printed alone"
    say(f"{event['attributes']['created-at']}  {event['attributes']['event']:<28} {event['id']}  {answer}")
    if not options.to:
        say(json.dumps(event["attributes"], ensure_ascii=False, indent=2))


def listen(options: argparse.Namespace, token: str) -> None:
    secret = options.secret or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    if options.to:
        say(f"Signing with {secret}")
    after = first_position(options, token)
    say("Listening. Ctrl-C ends.")
    while True:
        found = page_of_events(options, token, after)
        for event in found["data"]:
            hand_over(event, options, secret)
            after = event["id"]
            if options.state:
                options.state.write_text(after)
        if found["meta"]["next"]:
            continue
        if options.once:
            return
        time.sleep(POLL)


def main() -> None:
    token = os.environ.get("TOKEN")
    if not token:
        sys.exit("Set TOKEN to a personal access token of the account owner.")
    try:
        listen(arguments(), token)
    except KeyboardInterrupt:
        say("")


if __name__ == "__main__":
    main()
