"""Run as a script, in a process of its own: make a photo anew, or look through a PDF.

Contents come from anybody, and decoders have had holes. This process has no database, no keys in its
environment, little memory and little time, and writes nothing but its answer.

Standard input: the content. Arguments: "photo" or "document", the most pixels, the longest edge.
Exit 0: standard output is one line of JSON, then the new photo and its thumbnail one behind the other.
Exit 3: one line of JSON with `refused`, a code of `intake.REFUSALS`. Anything else: it broke down.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 40
# A thumbnail tells photos apart. It is coarser than it looks: a phone number that fills the picture
# cannot be read in it (tests/ledger/files/test_thumbnails.py), so that showing it opens nothing.
THUMBNAIL_EDGE = 96
THUMBNAIL_GRAIN = 16
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


class Refused(Exception):
    """The content is not taken; its first argument is the code."""


def main() -> int:
    """Give the exit code; see above."""
    what, pixels, edge = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        parts, said = photo(content, pixels, edge) if what == "photo" else ([], document(content))
    except Refused as refused:
        print(json.dumps({"refused": refused.args[0], **dict(refused.args[1:])}))
        return 3
    line = json.dumps({**said, "lengths": [len(part) for part in parts]})
    sys.stdout.buffer.write(line.encode() + b"\n" + b"".join(parts))
    return 0


# Photos


def photo(content: bytes, most_pixels: int, edge: int) -> tuple[list[bytes], dict[str, Any]]:
    """The photo made anew from its pixels alone, and its thumbnail; raises Refused."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # we count ourselves, before anything is decoded
    try:
        opened = Image.open(io.BytesIO(content), formats=_FORMATS)
        width, height = opened.size
        if width * height > most_pixels:
            raise Refused("pixels", ("pixels", width * height // 1_000_000))
        if opened.format == "JPEG":
            opened.draft("RGB", (edge, edge))  # a larger one is decoded at half or quarter size
        opened.load()  # of moving pictures: the first one
        image = _in_common_colours(ImageOps.exif_transpose(opened))
    except (OSError, SyntaxError, ValueError, EOFError) as broken:
        raise Refused("damaged") from broken
    image.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    lossless = opened.format in ("PNG", "GIF") or image.mode == "RGBA"
    code = "image/png" if lossless else "image/jpeg"
    said = {"media": code, "width": image.width, "height": image.height}
    return [_encoded(image, lossless), _thumbnail(image)], said


def _in_common_colours(image: Any) -> Any:
    """RGB (or RGBA) in sRGB on a new canvas, to which no metadata cling."""
    from PIL import Image, ImageCms

    seen = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA")
    profile = image.info.get("icc_profile")
    mode = "RGBA" if seen else "RGB"
    if profile and image.mode in ("RGB", "CMYK", "L"):
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            image = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
    fresh = Image.new(mode, image.size)
    fresh.paste(image.convert(mode))
    return fresh


def _encoded(image: Any, lossless: bool) -> bytes:
    out = io.BytesIO()
    if lossless:
        image.save(out, "PNG", optimize=False)
    else:
        image.save(out, "JPEG", quality=88, progressive=True)
    return out.getvalue()


def _thumbnail(image: Any) -> bytes:
    from PIL import Image

    small = Image.new("RGB", image.size, "white")
    small.paste(image, mask=image if image.mode == "RGBA" else None)
    small.thumbnail((THUMBNAIL_GRAIN, THUMBNAIL_GRAIN), Image.Resampling.BOX)
    times = THUMBNAIL_EDGE / max(small.size)
    size = (max(1, round(small.width * times)), max(1, round(small.height * times)))
    out = io.BytesIO()
    small.resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=70)
    return out.getvalue()


# PDF

# What makes a document do something, or carry something, that a scan does not.
ACTIVE_KEYS = frozenset(
    ("/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/RichMedia")
)
ACTIVE_ACTIONS = frozenset(
    (
        "/JavaScript", "/Launch", "/GoToE", "/GoToR", "/SubmitForm", "/ImportData", "/Rendition",
        "/Movie", "/Sound", "/RichMediaExecute",
    )
)  # fmt: skip
ACTIVE_PARTS = frozenset(("/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D", "/Sound"))
_PLAIN = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
MOST_OBJECTS = 300_000


def document(content: bytes) -> dict[str, Any]:
    """A PDF that only shows pages; raises Refused for one that is locked, active or damaged."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    # Also what no page leads to, which a forgiving reader may find all the same.
    outside = _STREAM.sub(b"", content)
    if _PLAIN.search(_ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), outside)):
        raise Refused("active")
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise Refused("locked")
        pages = len(reader.pages)
        for number, thing in enumerate(_all_objects(reader)):
            if number > MOST_OBJECTS:
                raise Refused("damaged")
            if any(_is_active(one) for one in _dictionaries(thing)):
                raise Refused("active")
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise Refused("damaged") from broken
    except RecursionError as broken:
        raise Refused("damaged") from broken
    if not pages:
        raise Refused("damaged")
    return {"media": "application/pdf", "pages": pages}


def _all_objects(reader: Any) -> Iterator[Any]:
    """Every object that the document lists, also inside streams of objects; and its trailer."""
    from pypdf.generic import IndirectObject

    yield reader.trailer
    numbers = {(n, g) for g, listed in reader.xref.items() for n in listed}
    numbers |= {(n, 0) for n in reader.xref_objStm}
    for number, generation in sorted(numbers):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _dictionaries(thing: Any) -> Iterator[dict[str, Any]]:
    """The dictionaries inside one object, without following references."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += [dict.__getitem__(one, key) for key in one]
        elif isinstance(one, list):
            waiting += list(list.__iter__(one))


def _is_active(one: dict[str, Any]) -> bool:
    return (
        not ACTIVE_KEYS.isdisjoint(one)
        or str(dict.get(one, "/S")) in ACTIVE_ACTIONS
        or str(dict.get(one, "/Subtype")) in ACTIVE_PARTS
    )


if __name__ == "__main__":
    sys.exit(main())
