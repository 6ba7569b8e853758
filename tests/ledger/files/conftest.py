"""Files as they come: photos with what cameras write into them, PDF, sound; all made here."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.actions import JavaScript

from linli.ledger.files import taking_in
from linli.ledger.files.models import Attachment
from linli.org import tree
from tests.cast import Cast, actor, cast


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def picture(
    size: tuple[int, int] = (640, 480), kind: str = "JPEG", *, turned: int = 0, gps: bool = False
) -> bytes:
    """A picture: the left half red, the right half blue; with EXIF where it is asked for."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    exif = Image.Exif()
    if turned:
        exif[0x0112] = turned
    if gps:
        exif[0x010F], exif[0x0132] = "SpyCam", "2026:11:22 08:00:00"
        exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 33.0, 12.0), 3: "E", 4: (114.0, 19.0, 8.0)})
    out = io.BytesIO()
    options: dict[str, Any] = {"comment": b"at home with ZhangXiaohua"} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif.tobytes(), **options)
    return out.getvalue()


def pdf(script: str = "", attached: bytes = b"", password: str = "") -> bytes:
    """A PDF of one empty page."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if script:
        writer.add_open_action(JavaScript(script))
    if attached:
        writer.add_attachment("inside.exe", attached)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def wave(seconds: int = 1) -> bytes:
    """Silence as a WAV file."""
    data = bytes(8000 * seconds)
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def upload(content: bytes, name: str = "IMG_0001.jpg") -> Any:
    return SimpleUploadedFile(name, content)


Take = Callable[..., Attachment]


@pytest.fixture
def take(people: Cast) -> Take:
    """Take a file in for somebody of 李建国's room."""

    def run(content: bytes | None = None, name: str = "IMG_0001.jpg", staff: Any = None) -> Any:
        return taking_in.take(
            actor=actor(staff or people.li),
            upload=upload(picture() if content is None else content, name),
            room=people.room.pk,
            district=tree.district_of(people.room.pk),
        )

    return run
