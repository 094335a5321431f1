"""Access logs without secrets: links in mails carry them in the path, signed links in the query."""

from __future__ import annotations

import re
from typing import Any

from gunicorn import glogging

SECRET_PATHS = re.compile(r"(/invitation/|/auth/unlock/|/password/reset/key/|/api/files/)[^/\s]+")
QUERIES = re.compile(r"\?\S*")


def without_secrets(text: str) -> str:
    return SECRET_PATHS.sub(r"\1…", QUERIES.sub("", text))


class Logger(glogging.Logger):
    """gunicorn's own, which is told a request line, a path and a referrer without secrets."""

    def atoms(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, as the base class: a mapping of its own
        atoms = dict(super().atoms(*args, **kwargs))
        return atoms | {"q": ""} | {key: without_secrets(str(atoms[key])) for key in ("r", "U", "f")}
