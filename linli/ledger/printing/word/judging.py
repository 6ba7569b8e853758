"""Whether a Word file can be a template for a ledger's paper; if not, what to change and where."""

from __future__ import annotations

import difflib
import io
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError
from lxml import etree

from linli.ledger.printing.word import opening
from linli.ledger.printing.word.fields import Group, listed
from linli.ledger.printing.word.language import Fault, Judge, environment

_MOST_FAULTS = 20
# By its type, as docxtpl finds it: a part of another name would be filled in unjudged.
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_MARK = re.compile(r"<!--p(\d+)-->")
_TAG = re.compile(r"\{[{%].*?[%}]\}")


@dataclass(frozen=True)
class Template:
    """A file that can be filled in. `opens`: it shows people unmasked."""

    content: bytes
    opens: bool


def judged(content: bytes, shape: Group) -> Template:
    """The file as a template; ValidationError with every fault: the field, the line, what there is."""
    found = opening.parts(content)
    said = opening.lines(found)
    judge, problems = Judge(shape), []
    for part, source in _sources(content):
        marked = _with_marks(source)
        try:
            tree = environment().parse(marked)
        except TemplateSyntaxError as wrong:
            problems.append(_misspelt(wrong, marked, part, said))
            continue
        before = len(judge.faults)
        judge.judge(tree)
        problems += [
            _told(fault, marked, part, said, shape)
            for fault in judge.faults[before : before + _MOST_FAULTS]
        ]
    if problems:
        raise ValidationError(list(dict.fromkeys(problems)))
    return Template(content, judge.opens)


def _sources(content: bytes) -> list[tuple[str, str]]:
    """(part, its XML as docxtpl hands it to Jinja) of the text, the headers, the footers."""
    try:
        opened = DocxTemplate(io.BytesIO(content))
        opened.render_init()
        parts = [("document", opened.get_xml())]
        for uri in (opened.HEADER_URI, opened.FOOTER_URI):
            parts += [
                (
                    str(part.partname).rsplit("/", 1)[-1].removesuffix(".xml"),
                    opened.get_part_xml(part),
                )
                for _key, part in opened.get_headers_footers(uri)
            ]
        parts += [
            ("footnotes", part.blob.decode("utf-8"))
            for part in opened.docx.part.package.parts
            if part.content_type == FOOTNOTES
        ]
    except (KeyError, ValueError, etree.LxmlError, AttributeError):
        raise ValidationError(
            _("This is not a Word file (.docx). Open it in Word and save it as .docx.")
        ) from None
    return [(name, opened.patch_xml(_numbered(source))) for name, source in parts]


def _numbered(source: str) -> str:
    """A mark before every paragraph that says something: it survives docxtpl's rewriting."""
    number = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal number
        if any(text.strip() for text in opening.TEXT.findall(found[0])):
            number += 1
        return f"<!--p{number}-->{found[0]}"

    return opening.PARAGRAPH.sub(mark, source)


def _with_marks(source: str) -> str:
    """One line of source for every mark, so that Jinja's lines are ours."""
    return source.replace("\n", " ").replace("<!--p", "\n<!--p")


def _line_of(marked: str, line: int) -> int:
    marks = _MARK.findall("\n".join(marked.split("\n")[:line]))
    return int(marks[-1]) if marks else 0


def _where(part: str, number: int, said: list[opening.Line]) -> str:
    text = next((one.text for one in said if (one.part, one.number) == (part, number)), "")
    places = {"header": _("in the header"), "footer": _("in the footer"),
              "footnotes": _("in the footnotes")}  # fmt: skip
    place = places.get(part.rstrip("0123456789"), "")
    quoted = text if len(text) <= 60 else f"{text[:57]}…"
    line = _("Line %(number)d (“%(text)s”)") % {"number": number, "text": quoted}
    return f"{line} {place}".strip()


def _misspelt(wrong: TemplateSyntaxError, marked: str, part: str, said: list[opening.Line]) -> str:
    where = _where(part, _line_of(marked, wrong.lineno), said)
    told = {"where": where, "what": wrong.message}
    return _("%(where)s: this cannot be read: %(what)s") % told


def _told(fault: Fault, marked: str, part: str, said: list[opening.Line], shape: Group) -> str:
    """A fault in a sentence. The line is where the field stands in a tag; the source's own line is
    a row too early where docxtpl took a whole row of a table away."""
    holds = re.compile(rf"(?<![\w.]){re.escape(fault.said)}(?![\w.])")
    number = next(
        (
            one.number
            for one in said
            if one.part == part and any(holds.search(tag) for tag in _TAG.findall(one.text))
        ),
        _line_of(marked, fault.line),
    )
    told = {"where": _where(part, number, said), "field": fault.said}
    match fault.kind:
        case "unknown":
            sentence = _("%(where)s: there is no field “%(field)s”.") % told
            meant = {"sentence": sentence, "name": _meant(fault.said, shape)}
            if not meant["name"]:
                return sentence
            return _("%(sentence)s Did you mean “%(name)s”?") % meant
        case "table":
            return (
                _("%(where)s: “%(field)s” is a table: repeat a line for each of its rows.") % told
            )
        case "group":
            return _("%(where)s: “%(field)s” has parts: say which.") % told
        case "no_table":
            return _("%(where)s: “%(field)s” is no table that could be repeated.") % told
    return _("%(where)s: “%(field)s” is not allowed in a template.") % told


def _meant(path: str, shape: Group) -> str:
    """The field that is spelt most like it, "" where none is."""
    known = [name for name, _title, _opens in listed(shape)]
    ends = {name.rsplit(".", 1)[-1]: name for name in reversed(known)}
    for close in difflib.get_close_matches(path, known, 1, 0.7):
        return close
    last = path.rsplit(".", 1)[-1]
    return next((ends[one] for one in difflib.get_close_matches(last, list(ends), 1, 0.6)), "")
