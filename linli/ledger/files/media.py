"""What a file is, by its content: names and what a browser says of it count for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text

Group = Literal["photo", "document", "recording"]


@dataclass(frozen=True, slots=True)
class Media:
    """One kind of content that is taken. `code` is its media type."""

    code: str
    suffix: str
    group: Group
    title: Text


_PHOTO, _RECORDING = _("photo"), _("recording")
JPEG: Final = Media("image/jpeg", ".jpg", "photo", _PHOTO)
PNG: Final = Media("image/png", ".png", "photo", _PHOTO)
WEBP: Final = Media("image/webp", ".webp", "photo", _PHOTO)
GIF: Final = Media("image/gif", ".gif", "photo", _PHOTO)
PDF: Final = Media("application/pdf", ".pdf", "document", _("document"))
WAV: Final = Media("audio/wav", ".wav", "recording", _RECORDING)
MP3: Final = Media("audio/mpeg", ".mp3", "recording", _RECORDING)
M4A: Final = Media("audio/mp4", ".m4a", "recording", _RECORDING)
OGG: Final = Media("audio/ogg", ".ogg", "recording", _RECORDING)

ALL: Final = (JPEG, PNG, WEBP, GIF, PDF, WAV, MP3, M4A, OGG)
BY_CODE: Final = {media.code: media for media in ALL}
# What a file dialog offers. Without image/heic a phone hands over its photos as JPEG by itself.
ACCEPT: Final = ",".join(media.code for media in ALL)
ACCEPT_PHOTOS: Final = ",".join(media.code for media in ALL if media.group == "photo")

HEAD: Final = 8192  # bytes of a content that are enough to know it

_HEIC: Final = _(
    "This photo is in the HEIC format of some phones. Choose “most compatible” (JPEG) in the "
    "settings of the camera, or send it to yourself as JPEG, and add that."
)
_OFFICE: Final = _("This is an office document. Save it as PDF and add that.")
_PACKED: Final = _("This is a packed archive. Unpack it and add the photos or documents inside.")
_PROGRAM: Final = _("This is a program. It was not taken.")
_FILM: Final = _("This is a film. Add single pictures of it, or the sound alone.")
_SAY: Final[tuple[tuple[bytes, Text], ...]] = (
    (b"PK\x03\x04", _OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OFFICE),
    (b"Rar!", _PACKED),
    (b"7z\xbc\xaf", _PACKED),
    (b"\x1f\x8b", _PACKED),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"#!", _PROGRAM),
    (b"\x1aE\xdf\xa3", _FILM),
    (b"\x00\x00\x01\xba", _FILM),
)
UNKNOWN: Final = _(
    "Only photos (JPEG, PNG, WebP, GIF), PDF and recordings (MP3, M4A, WAV, OGG) are taken."
)


def recognise(content: bytes) -> Media | None:
    """What it is, by its first bytes; None for anything that is not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if content.startswith(b"%PDF-"):
        return PDF
    if content[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(content[8:12])
    if content.startswith(b"OggS"):
        return None if b"theora" in content[:HEAD] else OGG
    if content[4:8] == b"ftyp":
        return M4A if _is_sound_alone(content) else None
    return MP3 if content.startswith(b"ID3") or _is_mpeg_sound(content) else None


def why_not(content: bytes) -> Text:
    """Why a content that `recognise` does not know is not taken, and what to do instead."""
    if content[4:8] == b"ftyp":
        still = content[8:12] in (b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif")
        return _HEIC if still else _FILM
    return next((words for start, words in _SAY if content.startswith(start)), UNKNOWN)


_SOUND_BRANDS: Final = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"3gp4", b"3gp5")


def _is_sound_alone(content: bytes) -> bool:
    """An MP4 with a track of sound and none of pictures."""
    return content[8:12] in _SOUND_BRANDS and b"soun" in content and b"vide" not in _tracks(content)


def _tracks(content: bytes) -> bytes:
    """The kinds of all tracks of an MP4: the four letters in each handler box."""
    kinds, at = [], content.find(b"hdlr")
    while at >= 0:
        kinds.append(content[at + 12 : at + 16])
        at = content.find(b"hdlr", at + 4)
    return b" ".join(kinds)


_RATES: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_SAMPLES: Final = (44100, 48000, 32000, 0)


def _is_mpeg_sound(content: bytes) -> bool:
    """Two frames of MPEG-1 layer III, one right behind the other: two bytes alone prove nothing."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xFE != 0xFA:
        return False
    rate, sample = _RATES[content[2] >> 4], _SAMPLES[content[2] >> 2 & 3]
    if not rate or not sample:
        return False
    following = 144_000 * rate // sample + (content[2] >> 1 & 1)
    return content[following : following + 1] == b"\xff" or len(content) <= following
