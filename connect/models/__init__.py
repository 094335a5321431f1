from connect.models.entry import Entry
from connect.models.reply import CannedReply
from connect.models.request import ConnectRequest, Digest, WantedApp

__all__ = ["CannedReply", "ConnectRequest", "Digest", "Entry", "WantedApp"]
