"""From data to PDF by Typst. What people typed travels as JSON beside the template and is set as
text, never read as markup; only our own fonts are used, so a page looks the same everywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from linli.ground import clock

TEMPLATES = Path(__file__).parent / "templates"
_ONE_PART = Path(__file__).parent / "one_part.py"
_LONGEST = 300  # seconds for one part, which takes one or two
# Runs of signs that no line may be broken between (Latin, digits, stops): they would leave their
# column. Between Chinese characters a line breaks by itself.
_UNBROKEN = re.compile(r"[^\s\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]{13,}")
_BREAK_EVERY = 12
_ZERO_WIDTH = "\u200b"
# What cannot be printed: control signs, signs without width, and marks that turn the direction of
# the text around them.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


def _font_folder() -> Path:
    return Path(settings.SOURCE) / "design" / "fonts"


@lru_cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[_font_folder()]
    )


def pdf(template: Path, data: Mapping[str, Any], **pictures: str) -> bytes:
    """Set a template (a .typ file inside linli/) with its data; the PDF's bytes.

    `pictures` are SVG texts of our own making, by the name the template asks for them.

    Every text in `data` is made printable here. `data["words"]` holds the words of the page in
    the reader's language; who printed and when is added.
    """
    compiler = typst.Compiler(
        template, root=settings.SOURCE, font_paths=_fonts(), ignore_system_fonts=True
    )
    sheet = composed(data)
    made = compiler.compile(
        format="pdf",
        sys_inputs={**pictures, "data": sheet["inputs"]["data"]},
        timestamp=sheet["timestamp"],
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def composed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a page made ready for Typst, in the language of the moment."""
    moment = clock.now()
    filled = {
        "lang": (translation.get_language() or "zh")[:2],
        **data,
        "words": {**_frame_words(), **data.get("words", {})},
        "printed": f"{clock.local(moment):%Y-%m-%d %H:%M}",
    }
    return {
        "inputs": {"data": orjson.dumps(_printable(filled)).decode()},
        "timestamp": int(moment.timestamp()),
    }


def pressed(template: Path, sheet: Mapping[str, Any]) -> bytes:
    """As `pdf`, from what `composed` gave, in a process of its own (see one_part.py).

    Raises RuntimeError with what Typst said; waits without holding up other threads.
    """
    command = [sys.executable, "-I", str(_ONE_PART), str(template)]
    places = [str(settings.SOURCE), str(_font_folder())]
    try:
        done = subprocess.run(
            [*command, *places],
            input=orjson.dumps(sheet), capture_output=True, check=False, timeout=_LONGEST,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"typesetting a part took longer than {_LONGEST} s") from None
    if done.returncode:
        raise RuntimeError(f"typesetting failed: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


def _frame_words() -> dict[str, str]:
    return {
        "page_of": _("Page {page} of {pages}"),
        "printed": _("Printed"),
        "masked": _("Personal details are masked"),
    }


def _printable(value: Any) -> Any:
    """The same data with every text printable and breakable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {str(name): _printable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return printable(str(value))


def printable(text: str) -> str:
    """Without control signs; long runs (addresses of pages, numbers) may break inside."""
    clean = _UNPRINTABLE.sub("", text.replace("\t", " "))
    clean = clean.encode("utf-8", "replace").decode()
    return _UNBROKEN.sub(_with_breaks, clean)


def _with_breaks(found: re.Match[str]) -> str:
    run = found[0]
    parts = [run[n : n + _BREAK_EVERY] for n in range(0, len(run), _BREAK_EVERY)]
    return _ZERO_WIDTH.join(parts)
