from connect.models.app import WantedApp
from connect.models.digest import Digest
from connect.models.entry import Entry
from connect.models.reply import CannedReply
from connect.models.request import ConnectRequest

__all__ = ["CannedReply", "ConnectRequest", "Digest", "Entry", "WantedApp"]
