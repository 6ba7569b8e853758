"""Is this file what it says, small enough, and safe to unpack? Nothing is parsed before this."""

from __future__ import annotations

import errno
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Format = Literal["workbook", "text"]

MOST_BYTES = 50 * 1024 * 1024  # of a workbook, which is packed
MOST_TEXT = 180 * 1024 * 1024  # of a text table: a million rows
# A workbook of a million honest rows unpacks to less; a bomb to more.
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_RATIO = 250
_RATIO_FROM = 10 * 1024 * 1024
_MOST_MEMBERS = 4000
_PIECE = 256 * 1024

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", _("This is a PDF. Save the table as .xlsx or .csv and choose that file.")),
    (b"\x89PNG", _("This is a picture. Choose the table itself (.xlsx, .xls, .ods or .csv).")),
    (b"\xff\xd8\xff", _("This is a picture. Choose the table itself (.xlsx, .xls, .ods or .csv).")),
    (b"GIF8", _("This is a picture. Choose the table itself (.xlsx, .xls, .ods or .csv).")),
    (b"Rar!", _("This is a packed archive. Unpack it and choose the table inside.")),
    (b"7z\xbc\xaf", _("This is a packed archive. Unpack it and choose the table inside.")),
    (b"\x1f\x8b", _("This is a packed archive. Unpack it and choose the table inside.")),
    (b"MZ", _("This is a program, not a table. It was not opened.")),
    (b"\x7fELF", _("This is a program, not a table. It was not opened.")),
)
_NO_WORKBOOK = _("There is no workbook in this file. Choose a table (.xlsx, .xls, .ods or .csv).")
_DAMAGED = _("This workbook is damaged. Open it in your table program, save it anew and try again.")
BOMB = _("This file unpacks to far more than a table needs. It was not opened.")
_WEB_PAGE = _(
    "This is a web page that was given the name of a table. Open it in your table program "
    "and save it as .xlsx."
)
UNREADABLE = _("The file cannot be read: %s.")
FULL_DISK = _("The disk is full. Nothing was taken in. Tell your administrator, then try again.")


class FileRefused(ValidationError):
    """A file that is not taken, with the reason in the officer's words."""


def check_size(size: int, start: bytes = b"") -> None:
    """Refuse what is too large before more than its start is read; FileRefused."""
    most = MOST_BYTES if start.startswith((_ZIP, _OLE)) else MOST_TEXT
    if size > most:
        raise FileRefused(
            _(
                "The file has %(size)d MB; at most %(most)d MB are taken. Cut it into several files."
            ),
            code="too_large",
            params={"size": size // 1_048_576, "most": most // 1_048_576},
        )
    if size == 0:
        raise FileRefused(_("The file is empty."), code="empty")


def take(source: IO[bytes] | Path) -> bytes:
    """The whole file, its size looked at first. Raises FileRefused, also for a full disk."""
    try:
        if isinstance(source, Path):
            if not source.is_file():
                raise FileRefused(_("There is no such file."), code="missing")
            with source.open("rb") as opened:
                return _take(opened)
        return _take(source)
    except OSError as wrong:
        raise FileRefused(said_of(wrong), code="unreadable") from wrong


def _take(source: IO[bytes]) -> bytes:
    size = _size(source)
    source.seek(0)
    start = source.read(len(_OLE))
    check_size(size, start)
    content = start + source.read(MOST_TEXT + 1)
    check_size(len(content), start)
    return content


def _size(source: IO[bytes]) -> int:
    size = getattr(source, "size", None)
    if isinstance(size, int):
        return size
    source.seek(0, os.SEEK_END)
    end = source.tell()
    source.seek(0)
    return end


def said_of(wrong: OSError) -> str:
    """What an error of the disk means, without a path."""
    if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
        return str(FULL_DISK)
    return str(UNREADABLE) % os.strerror(wrong.errno or errno.EIO)


def recognise(content: bytes) -> Format:
    """What the bytes are, whatever the name says. Raises FileRefused."""
    if content.startswith(_ZIP):
        _check_zip(content)
        return "workbook"
    if content.startswith(_OLE):
        return "workbook"
    for magic, words in _OTHERS:
        if content.startswith(magic):
            raise FileRefused(words, code="not_a_table")
    start = content[:4096].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<head")):
        raise FileRefused(_WEB_PAGE, code="web_page")
    return "text"


def unpacked_size(content: bytes) -> int:
    """How large the members of a workbook say they are; `recognise` has seen that they do not lie."""
    import io

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sum(member.file_size for member in archive.infolist())


def _check_zip(content: bytes) -> None:
    """A workbook is a zip: its members' declared and true sizes, before anybody unpacks it."""
    import io

    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as wrong:
        raise FileRefused(_DAMAGED, code="damaged") from wrong
    members = archive.infolist()
    names = {member.filename for member in members}
    if len(members) > _MOST_MEMBERS:
        raise FileRefused(BOMB, code="bomb")
    _check_declared(members)
    if "word/document.xml" in names:
        raise FileRefused(
            _("This is a text document, not a table. Copy its table into a workbook."),
            code="not_a_table",
        )
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise FileRefused(_NO_WORKBOOK, code="no_workbook")
    if any(member.flag_bits & 1 for member in members):
        raise FileRefused(PROTECTED, code="protected")
    _check_true(content, archive, members)


PROTECTED = _("This workbook is protected by a password. Save it without one and try again.")


def _check_declared(members: list[zipfile.ZipInfo]) -> None:
    total = 0
    for member in members:
        total += member.file_size
        if total > MOST_UNPACKED or (
            member.file_size > _RATIO_FROM
            and member.file_size > MOST_RATIO * max(member.compress_size, 1)
        ):
            raise FileRefused(BOMB, code="bomb")


def _check_true(content: bytes, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Unpack in pieces that are thrown away: what a member declares may be a lie."""
    total = 0
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused(_DAMAGED, code="damaged")
        if member.compress_type == zipfile.ZIP_STORED:
            total += member.compress_size
            continue
        start = _data_at(content, member)
        packed = memoryview(content)[start : start + member.compress_size]
        size = _unpacked(packed, min(MOST_UNPACKED - total, _allowed(member)))
        total += size
    if total > MOST_UNPACKED:
        raise FileRefused(BOMB, code="bomb")


def _allowed(member: zipfile.ZipInfo) -> int:
    """How large a member may become: what it says, and a little."""
    return member.file_size + _PIECE


def _data_at(content: bytes, member: zipfile.ZipInfo) -> int:
    header = content[member.header_offset : member.header_offset + 30]
    if len(header) < 30:
        raise FileRefused(_DAMAGED, code="damaged")
    name, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
    return member.header_offset + 30 + name + extra


def _unpacked(packed: memoryview, most: int) -> int:
    """The true size of deflated bytes; FileRefused as soon as it is more than `most`."""
    unpack = zlib.decompressobj(-15)
    size = 0
    feed: bytes | memoryview = packed
    try:
        while feed and not unpack.eof:
            size += len(unpack.decompress(feed, _PIECE))
            if size > most:
                raise FileRefused(BOMB, code="bomb")
            feed = unpack.unconsumed_tail
    except zlib.error as wrong:
        raise FileRefused(_DAMAGED, code="damaged") from wrong
    return size


def guarded(read: Callable[[], object]) -> object:
    """Run a reader of workbooks; whatever it stumbles over is a damaged file, not an error page."""
    try:
        return read()
    except FileRefused:
        raise
    except MemoryError as wrong:
        raise FileRefused(BOMB, code="bomb") from wrong
    except Exception as wrong:
        words = PROTECTED if "assword" in str(wrong) else _DAMAGED
        raise FileRefused(words, code="damaged") from wrong
