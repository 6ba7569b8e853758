"""Word templates made to slip through: links, fields and parts written in ways Word itself never does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.printing.word import filling, judging, template_in_use
from tests.cast import actor, cast, record
from tests.ledger.printing.papers import changed, said, word

pytestmark = pytest.mark.django_db
OF_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def judged(content: bytes) -> judging.Template:
    return judging.judged(content, template_in_use.shape_for(registry.get("visits"), "entry"))


def refused(content: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        judged(content)
    return " ".join(caught.value.messages)


def with_relation(relation: str) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name != "word/_rels/document.xml.rels":
            return part
        return part.replace(b"</Relationships>", relation.encode() + b"</Relationships>")

    return changed(word("x"), change)


def with_field(inside: str) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</w:p>", inside.encode() + b"</w:p>", 1)

    return changed(word("x"), lambda n, p: change(n, p) if n == "word/document.xml" else p)


@pytest.mark.parametrize(
    "relation",
    [
        f"<Relationship Id='r9' Type='{OF_OFFICE}image' Target='http://x.invalid/' TargetMode='External'/>",
        f'<Relationship Id="r9" Target="http://x.invalid/?a>b" Type="{OF_OFFICE}image" TargetMode="External"/>',
        f'<Relationship Id="r9" Target="http://x.invalid/" Type="{OF_OFFICE}attachedTempl&#97;te" TargetMode="Extern&#97;l"/>',
        '<p:Relationship xmlns:p="http://schemas.openxmlformats.org/package/2006/relationships" '
        f'Id="r9" Target="http://x.invalid/" Type="{OF_OFFICE}image" TargetMode="External"/>',
    ],
)
def test_a_link_to_elsewhere_however_it_is_written(relation: str) -> None:
    assert "from elsewhere" in refused(with_relation(relation))


def begun(*pieces: str) -> str:
    whole = "".join(f"<w:r>{piece}</w:r>" for piece in pieces)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"{mark.format('begin')}{whole}{mark.format('end')}"


def told(words: str) -> str:
    return f"<w:instrText>{words}</w:instrText>"


@pytest.mark.parametrize(
    "field",
    [
        f"<y:fldSimple xmlns:y{W[7:]} y:instr='INCLUDEPICTURE http://x.invalid/'/>",
        begun(f"<y:instrText xmlns:y{W[7:]}>DDEAUTO c:</y:instrText>"),
        begun(told("<!-- -->DDEAUTO c:")),
        begun(told("PAGE"), told("DDEAUTO c:")),
        begun(
            "<w:t>{% if not serial %}</w:t>", told("PAGE "), "<w:t>{% endif %}</w:t>", told("=1")
        ),
        begun(begun(told("REF hidden"))),
        begun(told('HYPERLINK "http://x.invalid/{{ facts.narrative }}"')),
        told("DDEAUTO c:"),
    ],
)
def test_a_field_that_does_something_however_it_is_written(field: str) -> None:
    assert "is not allowed in a template" in refused(with_field(field))


def test_page_numbers_and_their_switches_are_allowed() -> None:
    judged(with_field(begun(told(" PAGE "), told(" \\* MERGEFORMAT "))))


def footnotes(text: str, name: str, sections: int = 1) -> bytes:
    """A Word file with footnotes in a part of that name."""
    paper = word("x")

    def change(part_name: str, part: bytes) -> bytes:
        if part_name == "[Content_Types].xml":
            more = f'<Override PartName="/word/{name}" ContentType="{FOOTNOTES}"/></Types>'
            return part.replace(b"</Types>", more.encode())
        if part_name == "word/_rels/document.xml.rels":
            more = f'<Relationship Id="r9" Type="{OF_OFFICE}footnotes" Target="{name}"/>'
            return part.replace(b"</Relationships>", more.encode() + b"</Relationships>")
        if part_name == "word/document.xml":
            more = "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>" * (sections - 1)
            return part.replace(b"<w:body>", b"<w:body>" + more.encode())
        return part

    note = f'<w:footnote w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
    part: dict[str, Any] = {
        f"word__{name.replace('.', '_DOT_')}": f"<w:footnotes {W}>{note}</w:footnotes>".encode()
    }
    return changed(paper, change, **part)


@pytest.mark.parametrize("name", ["footnotes.xml", "others.xml"])
def test_footnotes_are_judged_whatever_their_part_is_called(name: str) -> None:
    assert "“mul” is not allowed" in refused(footnotes("{{ 7*7 }}", name))
    assert refused(footnotes("x", "others.bin")).startswith("The part")


def test_what_was_typed_is_never_a_template_itself() -> None:
    people = cast()
    entry = Entry.objects.get(
        id=record("visits", people.li, people.room, narrative="{{ serial }}").entry
    )
    template = judged(footnotes("{{ facts.narrative }}", "footnotes.xml", sections=3))
    made = filling.entry_docx(entry, template, actor(people.li), {})
    opened = docx.Document(io.BytesIO(made))
    [notes] = [p for p in opened.part.package.iter_parts() if p.content_type == FOOTNOTES]
    assert b"{{ serial }}" in notes.blob
    assert said(made)


def test_the_text_lies_where_word_puts_it() -> None:
    """A main part of another name and type would be filled in, but not looked through."""

    def change(name: str, part: bytes) -> bytes:
        if name in ("[Content_Types].xml", "_rels/.rels"):
            return part.replace(b"word/document.xml", b"word/text.bin")
        return part

    content = changed(word("x"), change, word__text_DOT_bin=b"<x/>")
    assert "is not written as Word writes it" in refused(content)
