"""What an uploaded file is, judged by its content. Its name and the type that it claims prove nothing."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, cast

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image

from tickets import images
from tickets.models import Attachment

MAX_SIZE = 25 * 1024 * 1024  # bytes
MAX_PIXELS = 89_000_000  # asked when only the header is read; Pillow itself warns a little above
MAX_ENTRIES = 10_000  # files in an archive
MAX_ZIP_TAIL = 22 + 65_535  # bytes: the last record of an archive, and its comment
HEAD = 4096  # bytes that are looked at
IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
IMAGE_START = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF.{4}WEBP", re.DOTALL)
INLINE = frozenset(IMAGES.values())  # what a browser may show by itself
ZIP, TEXT, OLE = "application/zip", "text/plain", "application/x-ole-storage"
SIGNATURES = [  # offset, bytes, content type
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"AC10", "image/vnd.dwg"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (8, b"AVI LIST", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
]
OFFICE = {  # a folder or file of the archive that tells which office format it is
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OPEN_DOCUMENT = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.(?:text|spreadsheet|presentation))")
OLE_ENDINGS = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".msg": "application/vnd.ms-outlook",
}
TEXT_ENDINGS = {".csv", ".dxf", ".eml", ".txt"}
KNOWN = INLINE.union((kind for _offset, _mark, kind in SIGNATURES), OFFICE.values(), OLE_ENDINGS.values(), [TEXT])
ENDINGS = {  # that fit; the first is given where a name has none of them
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    ZIP: (".zip", ".kmz", ".bcfzip", ".ifczip"),
    TEXT: (".txt", ".csv", ".dxf", ".eml"),
    OLE: (".ole", ".rvt", ".mpp", ".vsd", ".pub"),
    "application/vnd.rar": (".rar",),
    "application/rtf": (".rtf", ".doc"),
    "image/vnd.dwg": (".dwg", ".dwt"),
    "image/heic": (".heic", ".heif"),
    "video/quicktime": (".mov", ".qt"),
    "video/mp4": (".mp4", ".m4v", ".3gp"),
    "video/webm": (".webm", ".mkv"),
    "video/x-msvideo": (".avi",),
    "audio/mp4": (".m4a", ".mp4"),
    "audio/wav": (".wav",),
    "audio/ogg": (".ogg", ".oga", ".opus", ".ogv"),
    "audio/flac": (".flac",),
    "audio/mpeg": (".mp3",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx", ".docm"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx", ".xlsm"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx", ".pptm", ".ppsx"),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
} | {kind: (ending,) for ending, kind in OLE_ENDINGS.items()}
UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class UploadRefusedError(ValidationError):
    """The file is not taken. `too_large` tells the size from the kind of it."""

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    kind: Attachment.Kind
    content_type: str


def inspect(content: File, name: str) -> Found:
    """Say what the file is. Raise `UploadRefusedError` where it is too large, empty, broken or of a refused kind."""
    if content.size > MAX_SIZE:
        raise UploadRefusedError(_("The file is larger than 25 MiB."), too_large=True)
    if not content.size:
        raise UploadRefusedError(_("The file is empty."))
    content_type = _content_type(content, PurePosixPath(name).suffix.lower())
    content.seek(0)
    return Found(clean_name(name) or _default_name(content_type), kind_of(content_type), content_type)


def kind_of(content_type: str) -> Attachment.Kind:
    if content_type in INLINE:
        return Attachment.Kind.PHOTO
    kinds = {"video": Attachment.Kind.VIDEO, "audio": Attachment.Kind.AUDIO}
    return kinds.get(content_type.partition("/")[0], Attachment.Kind.DOCUMENT)


def clean_name(name: str) -> str:
    """Return the last part of a path, without what could move or hide a file, in at most 255 characters."""
    last = re.split(r"[/\\]", name)[-1]
    return UNSAFE_IN_NAMES.sub("", last).strip(" .")[-255:]


def _default_name(content_type: str) -> str:
    return "photo" if content_type in INLINE else "document"


def _content_type(content: File, ending: str) -> str:
    if image := _image_type(content):
        return image
    content.seek(0)
    head = content.read(HEAD)
    found = next((kind for offset, mark, kind in SIGNATURES if head.startswith(mark, offset)), None)
    if found == ZIP:
        return _archive_type(content, head)
    if found == OLE:
        return OLE_ENDINGS.get(ending, OLE)
    if found is None and ending in TEXT_ENDINGS and _is_plain_text(content):
        return TEXT
    if found is None:
        raise UploadRefusedError(_("Files of this kind are not taken, or the file is broken."))
    return found


def _image_type(content: File) -> str | None:
    """Return the type of a whole image, None for what is none, and refuse what would be too much to open."""
    content.seek(0)
    if not IMAGE_START.match(content.read(12)):
        return None
    content.seek(0)
    everything = content.read()
    if images.too_many_parts(everything):
        raise UploadRefusedError(_("The image has more scans or frames than can be taken."))
    _bound_pixels(everything)
    try:
        return IMAGES[images.format_of(everything)]
    except images.UnreadableImageError as error:
        raise UploadRefusedError(_("The image is broken.")) from error


def _bound_pixels(content: bytes) -> None:
    """Read the header alone, and refuse what would be too much to open."""
    try:
        with Image.open(io.BytesIO(content), formats=list(IMAGES)) as image:
            pixels = image.width * image.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = MAX_PIXELS + 1
    except Exception as error:  # Pillow's readers raise whatever a broken file leads them to
        raise UploadRefusedError(_("The image is broken.")) from error
    if pixels > MAX_PIXELS:
        raise UploadRefusedError(_("The image has more pixels than can be taken."))


def _archive_type(content: File, head: bytes) -> str:
    if match := OPEN_DOCUMENT.match(head, 30):  # the first file's name follows its header of 30 bytes
        return match[1].decode()
    content.seek(0)
    if not has_few_entries(content.read()):
        raise UploadRefusedError(_("The archive is broken, or holds too many files."))
    try:
        content.seek(0)
        with zipfile.ZipFile(cast(IO[bytes], content.file)) as archive:
            return _office_type(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UploadRefusedError(_("The archive is broken.")) from error


def has_few_entries(content: bytes) -> bool:
    """Tell from the archive's last record, before the list of its files is read, whether that list is short."""
    at = content.rfind(b"PK\x05\x06", -MAX_ZIP_TAIL)
    if at < 0 or len(content) - at < 22 or content[max(at - 20, 0) : at].startswith(b"PK\x06\x07"):
        return False
    entries, size = struct.unpack_from("<HI", content, at + 10)
    return entries <= MAX_ENTRIES and size <= MAX_ENTRIES * 100


def _office_type(names: Iterable[str]) -> str:
    names = list(names)
    if "[Content_Types].xml" not in names:
        return ZIP
    return next((kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), ZIP)


def _is_plain_text(content: File) -> bool:
    """Text without control characters, and no markup, whatever its name says."""
    content.seek(0)
    text = content.read()
    marks = text.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return b"\x00" not in text and marks != b"<"
