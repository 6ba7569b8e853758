"""What comes in is known by its content, made anew, or refused in words."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from PIL import Image

from linli.ledger.files import media, taking_in
from linli.ledger.files.taking_in import FileRefused, wash
from tests.ledger.files.conftest import pdf, picture, upload, wave

pytestmark = pytest.mark.usefixtures("db")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def refused(content: bytes) -> str:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        wash(content)
    assert caught.value.messages[0]
    return str(caught.value.code)


def test_nothing_of_what_the_camera_wrote_is_left() -> None:
    came = picture(gps=True)
    assert opened(came).getexif().get_ifd(0x8825) and b"SpyCam" in came
    washed = wash(came)
    made = opened(washed.content)
    assert not made.getexif() and "comment" not in made.info
    for trace in (b"Exif", b"SpyCam", b"2026:11:22", b"Zhang"):
        assert trace not in washed.content and trace not in washed.thumbnail
    assert washed.media is media.JPEG


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright(kind: str) -> None:
    """6: the camera was held upright; what is left in the data belongs on top."""
    made = opened(wash(picture((640, 480), kind, turned=6)).content).convert("RGB")
    assert made.size == (480, 640)
    top, bottom = made.getpixel((240, 40)), made.getpixel((240, 600))
    assert top[0] > 200 > 60 > top[2] and bottom[2] > 200 > 60 > bottom[0]


def test_moving_pictures_keep_the_first() -> None:
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    washed = wash(out.getvalue())
    made = opened(washed.content)
    assert washed.media is media.PNG and getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((5, 5))[0] > 200


def test_a_transparent_picture_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    made = opened(wash(out.getvalue()).content)
    assert made.mode == "RGBA" and made.getpixel((1, 1))[3] == 0


def test_a_large_photo_is_kept_smaller() -> None:
    made = opened(wash(picture((9000, 300))).content)
    assert made.width == 4096


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_picture_that_says_it_is_huge_is_not_decoded() -> None:
    """A PNG of 100,000 by 100,000 in some bytes."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    bomb += chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    assert len(bomb) < 2000
    assert refused(bomb) == "pixels"


def test_a_picture_that_lies_about_its_size_fills_no_memory() -> None:
    """Text that unpacks to a gigabyte inside a small PNG."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    packed = zlib.compressobj(9)
    data = b"".join(packed.compress(bytes(1 << 20)) for _mb in range(1200)) + packed.flush()
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"zTXt", b"a\0\0" + data)
    bomb += chunk(b"IDAT", zlib.compress(bytes(4))) + chunk(b"IEND", b"")
    assert refused(bomb) == "damaged"


@pytest.mark.parametrize("cut", [20, 300, 2000])
def test_half_a_photo_is_refused(cut: int) -> None:
    assert refused(picture()[:cut]) == "damaged"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PK\x03\x04 word/document.xml", "PDF"),
        (b"MZ\x90\x00", "program"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Only photos"),
        (b"<html><script>alert(1)</script>", "Only photos"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0hdlr\0\0\0\0\0\0\0\0vide soun", "film"),
        (b"", "Only photos"),
        (b"\xff\xfb\x90", "Only photos"),
    ],
)
def test_what_is_not_taken_is_told_with_what_to_do(content: bytes, word: str) -> None:
    with translation.override("en"), pytest.raises(FileRefused, match=word):
        wash(content)


def test_a_plain_pdf_is_taken_as_it_is() -> None:
    came = pdf()
    washed = wash(came)
    assert washed.content == came and washed.media is media.PDF and washed.thumbnail == b""


def hidden_script() -> bytes:
    """A script in a stream of objects, where the bytes show nothing of it."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue().replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/#4aS")


def launching() -> bytes:
    return pdf().replace(
        b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /Launch /F (cmd.exe) >>", 1
    )


@pytest.mark.parametrize(
    "content",
    [pdf(script="app.alert(1)"), pdf(attached=b"MZ"), hidden_script(), launching()],
    ids=["script", "file inside", "script in disguise", "starts a program"],
)
def test_a_pdf_that_does_something_is_refused(content: bytes) -> None:
    assert refused(content) == "active"


def test_a_script_inside_packed_objects_is_found() -> None:
    """Packed object streams: nothing of it can be seen in the bytes of the file."""
    inner = b"4 0 << /S /JavaScript /JS (app.alert(1)) >>"
    first = len(b"4 0 ")
    packed = zlib.compress(inner)
    parts = [
        b"%PDF-1.5\n",
        b"1 0 obj << /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >> endobj\n",
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n",
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> endobj\n",
        b"5 0 obj << /Type /ObjStm /N 1 /First %d /Filter /FlateDecode /Length %d >> stream\n"
        % (first, len(packed)) + packed + b"\nendstream endobj\n",
    ]  # fmt: skip
    at, offsets = 0, {}
    for number, part in zip((None, 1, 2, 3, 5), parts, strict=True):
        offsets[number] = at
        at += len(part)
    rows = [(0, 0, 255), *((1, offsets[n], 0) for n in (1, 2, 3)), (2, 5, 0), (1, offsets[5], 0)]
    rows.append((1, at, 0))
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    parts.append(
        b"6 0 obj << /Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R /Length %d >> stream\n" % len(table)
        + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % at
    )  # fmt: skip
    content = b"".join(parts)
    assert b"JavaScript" not in content
    assert refused(content) == "active"


def test_a_locked_pdf_and_a_broken_one_are_refused() -> None:
    assert refused(pdf(password="x")) == "locked"
    assert refused(b"%PDF-1.7\nnothing here") == "damaged"
    assert refused(pdf()[:200]) == "damaged"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (wave(), media.WAV),
        (b"ID3\x04\0\0\0\0\0\0", media.MP3),
        (b"OggS" + bytes(40) + b"OpusHead", media.OGG),
        (b"\0\0\0\x1cftypM4A \0\0\0\0moov hdlr\0\0\0\0\0\0\0\0soun", media.M4A),
    ],
)
def test_recordings_are_known_by_their_content(content: bytes, kind: media.Media) -> None:
    assert wash(content).media is kind


def test_what_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Huge:
        name, size = "film.jpg", 20 * 1024 * 1024 + 1

        def read(self, num_bytes: int | None = None) -> bytes:
            raise AssertionError("it was read")

    with translation.override("en"), pytest.raises(FileRefused, match="at most 20 MB"):
        taking_in.content_of(Huge())
    assert taking_in.content_of(upload(b"x" * 100)) == b"x" * 100
