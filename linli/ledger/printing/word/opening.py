"""A Word file as it comes from outside: small, whole, without macros, links to elsewhere or anything
embedded; and its text by lines. What is wrong is said as ValidationError, all at once."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_BYTES: Final = 2 * 1_048_576
_MOST_PARTS: Final = 300
_MOST_UNPACKED: Final = 20 * 1_048_576
_MOST_TEXT: Final = 2 * 1_048_576  # of one part that is read as a template
_MAIN: Final = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Relationships that bring in what is not ours to open, or run.
_REFUSED: Final = (
    "vbaProject", "aFChunk", "oleObject", "package", "attachedTemplate", "control", "subDocument",
    "frame", "keyMapCustomizations", "wordVbaData",
)  # fmt: skip
# Fields of Word that only tell of the paper itself.
_FIELDS: Final = frozenset(
    ("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "DATE", "TIME", "HYPERLINK", "REF", "PAGEREF",
     "STYLEREF", "SEQ", "TOC", "TC", "SYMBOL", "EQ", "=")
)  # fmt: skip
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r'(\w+)\s*=\s*"([^"]*)"')
PARAGRAPH = re.compile(r"<w:p(?: [^>]*[^/>])?>.*?</w:p>", re.DOTALL)
TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_INSTRUCTION = re.compile(r"<w:instrText[^>]*>([^<]*)<")
_SIMPLE = re.compile(r'<w:fldSimple[^>]* w:instr="([^"]*)"')
_TEMPLATED = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")


@dataclass(frozen=True)
class Line:
    """A paragraph with words in it: its part of the file, its number there, what it says."""

    part: str
    number: int
    text: str


def parts(content: bytes) -> dict[str, bytes]:
    """The parts of a Word file that may be used as a template. Raises ValidationError."""
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is larger than %d MB.") % (MOST_BYTES // 1_048_576))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            found = dict(_unpacked(box))
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
        raise ValidationError(_not_word()) from None
    problems = list(_problems(found))
    if problems:
        raise ValidationError(problems)
    return found


def _not_word() -> str:
    return _("This is not a Word file (.docx). Open it in Word and save it as .docx.")


def _unpacked(box: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Every part, read no further than it may be: what a header says of sizes is not believed."""
    infos = box.infolist()
    if len(infos) > _MOST_PARTS or sum(one.file_size for one in infos) > _MOST_UNPACKED:
        raise ValidationError(_("The file unpacks to far more than a template needs."))
    left = _MOST_UNPACKED
    for one in infos:
        with box.open(one) as part:
            said = part.read(left + 1)
        left -= len(said)
        if left < 0 or (_TEMPLATED.fullmatch(one.filename) and len(said) > _MOST_TEXT):
            raise ValidationError(_("The file unpacks to far more than a template needs."))
        yield one.filename, said


def _problems(found: dict[str, bytes]) -> Iterator[str]:
    types = found.get("[Content_Types].xml", b"")
    if b"macroEnabled" in types or any("vbaproject" in name.lower() for name in found):
        yield _("The file contains macros. Save it as .docx, which holds none.")
        return
    if "word/document.xml" not in found or _MAIN not in types:
        yield _not_word()
        return
    if any(re.search(r"/(embeddings|activeX)/", name) for name in found):
        yield _("Something is embedded in the file (a table of Excel, a control). Remove it.")
    for name, said in found.items():
        if not name.endswith((".xml", ".rels")):
            continue
        if b"<!DOCTYPE" in said or b"<!ENTITY" in said or said[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield _("The part %s is not written as Word writes it. Save the file anew.") % name
        elif name.endswith(".rels"):
            yield from _relations(said.decode("utf-8", "replace"))
        elif name.startswith("word/"):
            yield from _instructions(said.decode("utf-8", "replace"))


def _relations(said: str) -> Iterator[str]:
    for relation in _RELATION.findall(said):
        given = dict(_ATTRIBUTE.findall(relation))
        kind = given.get("Type", "").rsplit("/", 1)[-1]
        outside = given.get("TargetMode") == "External" and kind != "hyperlink"
        if outside or kind in _REFUSED:
            yield _("The file brings in something from elsewhere (%s). Remove it.") % kind


def _instructions(said: str) -> Iterator[str]:
    """Fields of Word other than page numbers and the like: they fetch or run things."""
    told = _SIMPLE.findall(said)
    told += ["".join(_INSTRUCTION.findall(one)) for one in said.split('w:fldCharType="begin"')]
    for words in (one.split() for one in told):
        if words and words[0].upper().lstrip("\\") not in _FIELDS:
            yield _("The field %s of Word is not allowed in a template.") % words[0][:30]


def lines(found: dict[str, bytes]) -> list[Line]:
    """The paragraphs that say something, numbered as one counts them from the top of the part."""
    made = []
    for name, said in found.items():
        if not (part := _TEMPLATED.fullmatch(name)):
            continue
        texts = [
            "".join(TEXT.findall(one)).strip()
            for one in PARAGRAPH.findall(said.decode("utf-8", "replace"))
        ]
        kept = [text for text in texts if text]
        made += [Line(part[1], number, text) for number, text in enumerate(kept, 1)]
    return made
