"""kombu's filesystem transport, made safe for a reader and a writer at the same time."""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from kombu import Connection
from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    """A channel whose messages appear whole, by a rename, and are taken by a rename within the same folder.

    The stock channel writes a message where the reader already sees it, so that a fast reader takes an empty file.
    """

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000):015d}_{uuid.uuid4()}.{queue}.msg"
        draft = Path(self.data_folder_out) / f"{name}.draft"
        draft.write_bytes(str_to_bytes(dumps(payload)))
        draft.rename(draft.with_suffix(""))

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ANN401, as the base class
        folder = Path(self.data_folder_in)
        ending = f".{queue}.msg"
        for name in sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(ending)):
            taken = folder / f"{name}.taken"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:  # another worker was faster
                continue
            text = bytes_to_str(taken.read_bytes())
            taken.unlink()
            return loads(text)
        raise Empty


class Transport(filesystem.Transport):
    """Makes the folders it works in."""

    Channel = Channel

    def __init__(self, client: Connection, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        options = client.transport_options or {}
        for option in ("data_folder_in", "control_folder", "processed_folder"):
            Path(options[option]).mkdir(parents=True, exist_ok=True)
