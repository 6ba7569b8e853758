"""A Word file as it comes from outside: small, whole, without macros, links to elsewhere or anything
embedded; and its text by lines. What is wrong is said as ValidationError, all at once."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree

MOST_BYTES: Final = 2 * 1_048_576
_MOST_PARTS: Final = 300
_MOST_UNPACKED: Final = 20 * 1_048_576
_MOST_TEXT: Final = 2 * 1_048_576  # of one part that is read as a template
_TYPES: Final = "[Content_Types].xml"
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
# What the other parts may be: pictures and fonts. All else is XML, and is read as such.
_PLAIN: Final = frozenset(
    ("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "odttf", "ttf", "otf")
)  # fmt: skip
_SWITCH: Final = re.compile(r"\\[A-Za-z*#@!]")  # how a field is shown: \* MERGEFORMAT
PARAGRAPH = re.compile(r"<w:p(?: [^>]*[^/>])?>.*?</w:p>", re.DOTALL)
TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
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
    types = found.get(_TYPES, b"")
    if b"macroEnabled" in types or any("vbaproject" in name.lower() for name in found):
        yield _("The file contains macros. Save it as .docx, which holds none.")
        return
    if "word/document.xml" not in found or _MAIN not in types:
        yield _not_word()
        return
    if any(re.search(r"/(embeddings|activeX)/", name) for name in found):
        yield _("Something is embedded in the file (a table of Excel, a control). Remove it.")
    for name, said in found.items():
        if name.rsplit(".", 1)[-1].lower() in _PLAIN or name.endswith("/"):
            continue
        root = _parsed(said) if name.endswith((".xml", ".rels")) else None
        if root is None:
            yield _("The part %s is not written as Word writes it. Save the file anew.") % name
        elif name == _TYPES:
            yield from _types(root)
        elif name.endswith(".rels"):
            yield from _relations(root)
        else:
            yield from _instructions(root)


def _parsed(said: bytes) -> Any:
    """The XML of a part; None where it is none, or says things that Word does not write: the rules
    below must see what Word will see."""
    if b"<!DOCTYPE" in said or b"<!ENTITY" in said:
        return None
    reader = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(said, reader)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None
    about = root.getroottree().docinfo
    known = (about.encoding or "UTF-8").upper() in ("UTF-8", "US-ASCII", "ASCII")
    return root if known and not about.doctype else None


def _local(name: Any) -> str:
    """A name without its namespace; comments and the like have none."""
    return name.rsplit("}", 1)[-1] if isinstance(name, str) else ""


def _given(element: Any) -> dict[str, str]:
    return {_local(name): value for name, value in element.attrib.items()}


def _types(root: Any) -> Iterator[str]:
    """What is read as XML by its type must be so by its name: nothing is read unseen."""
    for given in map(_given, root.iter(etree.Element)):
        name = given.get("PartName") or f".{given.get('Extension', '')}"
        if "xml" in given.get("ContentType", "").lower() and not name.endswith((".xml", ".rels")):
            yield _("The part %s is not written as Word writes it. Save the file anew.") % name


def _relations(root: Any) -> Iterator[str]:
    for given in map(_given, root.iter(etree.Element)):
        kind = given.get("Type", "").rsplit("/", 1)[-1]
        outside = given.get("TargetMode", "Internal") != "Internal" and kind != "hyperlink"
        if outside or kind in _REFUSED:
            yield _("The file brings in something from elsewhere (%s). Remove it.") % kind


def _instructions(root: Any) -> Iterator[str]:
    """Fields of Word other than page numbers and the like: they fetch or run things.

    Every piece of the words of a field is judged by itself, since Word may leave others away; and
    nothing else may stand among them: no other field, nothing that is filled in.
    """
    telling: list[bool] = []  # of the fields that are open: whether their words still come
    for element in root.iter():
        name, given = _local(element.tag), _given(element)
        kind = given.get("fldCharType") if name == "fldChar" else ""
        if name == "fldSimple":
            yield from _words(given.get("instr", ""))
        if name == "instrText":
            yield from _words(str(element.xpath("string()")))
        elif telling and telling[-1]:
            if (element.text or "").strip() or kind == "begin":
                yield from _words(f"{name} {{")
            if "{" in "".join((element.tail or "", *given.values())):
                yield from _words("{")
        if kind == "begin":
            telling.append(True)
        elif kind and telling:
            telling = telling[:-1] if kind == "end" else [*telling[:-1], False]


def _words(said: str) -> Iterator[str]:
    first = next(iter(said.split()), "")
    known = first.upper().lstrip("\\") in _FIELDS or _SWITCH.fullmatch(first)
    if first and (not known or "{" in said):
        yield _("The field %s of Word is not allowed in a template.") % first[:30]


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
