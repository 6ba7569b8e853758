"""Word files: what is filled in, what a template may not be, which one holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from linli.ground import clock
from linli.history.models import Step
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.printing.models import WordTemplate
from linli.ledger.printing.word import fields, filling, judging, opening, shipped, template_in_use
from linli.ledger.reading import entry_view
from tests.cast import Cast, actor, cast, do, record
from tests.ledger.printing.papers import changed, said, word

pytestmark = pytest.mark.django_db
HOSTILE = "{{ 7*7 }} {% for x in y %} <w:p>&amp; \"'  ]]> {_{ x }_} \x07 a\tb"


@pytest.fixture
def people() -> Iterator[Cast]:
    made = cast()
    with (
        clock.fixed(datetime(2026, 11, 23, 17, 30, tzinfo=clock.SHANGHAI)),
        translation.override("en"),
    ):
        yield made


@pytest.fixture(autouse=True)
def no_templates_of_others(home: Path) -> None:
    for path in (home / "templates").rglob("*.docx"):
        path.unlink()


def refused(content: bytes, ledger: str = "visits", name: str = "entry") -> list[str]:
    with pytest.raises(ValidationError) as caught:
        judging.judged(content, template_in_use.shape_for(registry.get(ledger), name))
    return caught.value.messages


def an_entry(those: Cast, ledger: str = "incidents", **data: object) -> Entry:
    done = record(ledger, those.li, those.room, **data)
    return Entry.objects.get(id=done.entry)


def filled(entry: Entry, people: Cast, content: bytes | None = None, opened: bool = False) -> str:
    ledger = registry.of(entry)
    if content is None:
        template = template_in_use.template(ledger, "entry")
    else:
        template = judging.judged(content, template_in_use.shape_for(ledger, "entry"))
    values = {}
    if opened:
        values = entry_view.reveal(actor=actor(people.li), entry=entry, purpose="matter")
    return "\n".join(said(filling.entry_docx(entry, template, actor(people.li), values)))


# What is filled in


def test_every_ledger_has_a_form_in_word(people: Cast) -> None:
    for ledger in registry.all_ledgers():
        for name, _title in template_in_use.papers_of(ledger):
            shape = template_in_use.shape_for(ledger, name)
            example = said(filling.example(template_in_use.template(ledger, name), shape))
            assert example, (ledger.code, name)
            assert not any("{{" in line or "{%" in line for line in example), (ledger.code, name)


def test_the_form_says_what_the_matter_says(people: Cast) -> None:
    entry = an_entry(
        people, people=[{"role": "reporter", "name": "欧阳修远", "phone": "13800001234"}]
    )
    do("incidents", "correct", people.li, entry.id, "wrong house", place="6 栋")
    text = filled(Entry.objects.get(id=entry.id), people)
    for words in (
        "停在楼下的电动车电瓶被盗",
        "梅苑社区警务室",
        "6 栋",
        "wrong house",
        "欧阳*",
        "138****1234",
    ):
        assert words in text
    assert "修远" not in text
    assert "13800001234" not in text


def test_what_was_typed_is_written_as_it_was_typed(people: Cast) -> None:
    entry = an_entry(people, narrative=HOSTILE + "\n第二行")
    text = filled(entry, people)
    assert "{{ 7*7 }} {% for x in y %} <w:p>&amp; \"'  ]]>" in text
    assert "49" not in re.sub(r"\d{2}:49", "", text)
    assert "第二行" in text
    assert "\x07" not in text


def test_a_template_may_show_people_when_they_were_opened(people: Cast) -> None:
    entry = an_entry(
        people, people=[{"role": "reporter", "name": "欧阳修远", "phone": "13800001234"}]
    )
    content = word(
        "{% for one in people %}{{ one.title }} {{ one.name }} {{ one.phone }}{% endfor %}"
    )
    shape = template_in_use.shape_for(registry.of(entry), "entry")
    assert judging.judged(content, shape).opens
    assert "欧阳修远 13800001234" in filled(entry, people, content, opened=True)
    closed = filled(entry, people, content)
    assert "修远" not in closed
    assert "欧阳*" in closed


def test_a_form_without_open_people_needs_no_purpose(people: Cast) -> None:
    assert not template_in_use.template(registry.get("incidents"), "entry").opens
    assert template_in_use.template(registry.get("disputes"), "agreement").opens


def test_rows_conditions_and_headers(people: Cast) -> None:
    entry = an_entry(people, "visits")
    content = word(
        "{%p if facts.place %}", "nowhere", "{%p else %}", "no place", "{%p endif %}",
        "{{ steps|length }} step", header="{{ serial }}",
        table=[["{%tr for one in steps %}", ""], ["{{ loop.index }}", "{{ one.what }}"],
               ["{%tr endfor %}", ""]],
    )  # fmt: skip
    lines = filled(entry, people, content).splitlines()
    assert "no place" in lines
    assert "nowhere" not in lines
    assert "1 step" in lines
    assert lines[lines.index("1") + 1] == "Recorded"
    assert lines[-1].endswith("-2026-0001")


def test_the_papers_own_words_speak_chinese(people: Cast) -> None:
    entry = an_entry(people, "visits")
    with translation.override("zh-hans"):
        text = filled(entry, people)
    assert "登记表" in text
    assert "What happened" not in text


# What a template may not be


def test_an_unknown_field_is_told_with_its_line_and_the_nearest(people: Cast) -> None:
    problems = refused(
        word("Head", "", "Place: {{ facts.plaec }}", "{{ romm }}", header="{{ seriall }}")
    )
    assert problems == [
        "Line 2 (“Place: {{ facts.plaec }}”): there is no field “facts.plaec”. "
        "Did you mean “facts.place”?",
        "Line 3 (“{{ romm }}”): there is no field “romm”. Did you mean “room”?",
        "Line 1 (“{{ seriall }}”) in the header: there is no field “seriall”. "
        "Did you mean “serial”?",
    ]


def test_the_line_is_right_behind_rows_that_repeat(people: Cast) -> None:
    table = [["{%tr for one in people %}"], ["{{ one.nmae }}"], ["{%tr endfor %}"]]
    [problem] = refused(word("first", table=table))
    assert problem.startswith("Line 3 (“{{ one.nmae }}”): there is no field “one.nmae”.")


def test_in_chinese(people: Cast) -> None:
    with translation.override("zh-hans"):
        [problem] = refused(word("地点：{{ facts.plaec }}"))
    assert (
        problem
        == "第 1 行（“地点：{{ facts.plaec }}”）：没有字段“facts.plaec”。是否应为“facts.place”？"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ people }}", "“people” is a table"),
        ("{{ facts }}", "“facts” has parts"),
        ("{% for x in serial %}{% endfor %}", "“serial” is no table"),
        ("{% if %}", "cannot be read"),
        ("{{ serial", "cannot be read"),
        ("{{ serial.__class__ }}", "no field “serial.__class__”"),
        ("{{ ''.__class__.__mro__ }}", "no field"),
        ("{{ serial.upper() }}", "“call” is not allowed"),
        ("{{ range(99999999) }}", "“call” is not allowed"),
        ("{{ 'a' * 999999999 }}", "“mul” is not allowed"),
        ("{{ 9 ** 9 ** 9 }}", "“pow” is not allowed"),
        ("{{ serial|upper }}", "“filter” is not allowed"),
        ("{{ people[0].name }}", "“getitem” is not allowed"),
        ("{% set x = 1 %}", "“assign” is not allowed"),
        ("{% include 'x' %}", "“include” is not allowed"),
        ("{% import 'x' as y %}", "“import” is not allowed"),
        ("{% macro x() %}{% endmacro %}", "“macro” is not allowed"),
        ("{% for a in steps %}{% for b in steps %}{% for c in steps %}{% endfor %}{% endfor %}"
         "{% endfor %}", "“for” is not allowed"),
        ("{% for a, b in steps %}{% endfor %}", "“for” is not allowed"),
    ],
)  # fmt: skip
def test_the_language_is_small(people: Cast, line: str, said: str) -> None:
    problems = refused(word(line))
    assert any(said in problem for problem in problems), problems


def test_all_faults_are_told_at_once(people: Cast) -> None:
    assert len(refused(word(*(f"{{{{ wrong{n} }}}}" for n in range(5))))) == 5


def test_a_table_inside_a_table_stays_in_proportion(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = an_entry(people)
    monkeypatch.setattr(filling, "_LOOP_PASSES", 1)
    content = word("{% for a in steps %}{% for b in steps %}x{% endfor %}{% endfor %}")
    with pytest.raises(ValueError, match="repeats too much"):
        filled(entry, people, content)


def test_author_and_title_of_the_file_are_no_templates(people: Cast) -> None:
    entry = an_entry(people, people=[{"role": "reporter", "name": "欧阳修远"}])
    content = changed(
        word("{{ serial }}"),
        lambda name, part: part.replace(b"python-docx", b"{{ people }}{{ x() }}"),
    )
    assert "-2026-0001" in filled(entry, people, content)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0 old Word", b"%PDF-1.7"])
def test_what_is_no_word_file(people: Cast, content: bytes) -> None:
    [problem] = refused(content)
    assert problem.startswith("This is not a Word file (.docx).")


def test_macros_are_refused(people: Cast) -> None:
    by_type = changed(
        word("x"),
        lambda name, part: part.replace(
            b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"vnd.ms-word.document.macroEnabled.main+xml",
        ),
    )
    by_part = changed(word("x"), lambda name, part: part, word__vbaProject_DOT_bin=b"x")
    for content in (by_type, by_part):
        assert "contains macros" in refused(content)[0]


def test_a_bomb_is_not_unpacked(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = changed(word("x"), lambda name, part: part, word__media__a_DOT_png=b"0" * 25_000_000)
    assert len(bomb) < opening.MOST_BYTES
    assert refused(bomb) == ["The file unpacks to far more than a template needs."]
    many = {f"word__p{n}_DOT_xml": b"<a/>" for n in range(400)}
    assert refused(changed(word("x"), lambda name, part: part, **many)) == [
        "The file unpacks to far more than a template needs."
    ]
    monkeypatch.setattr(opening, "MOST_BYTES", 100)
    assert "larger than" in refused(word("x"))[0]


def test_entities_are_refused(people: Cast) -> None:
    def with_entity(name: str, part: bytes) -> bytes:
        if name != "word/document.xml":
            return part
        head, tail = part.split(b"?>", 1)
        return head + b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + tail

    [problem] = refused(changed(word("x"), with_entity))
    assert "word/document.xml" in problem


def test_nothing_is_fetched_from_elsewhere(people: Cast) -> None:
    def with_link(name: str, part: bytes) -> bytes:
        if name != "word/_rels/document.xml.rels":
            return part
        return part.replace(
            b"</Relationships>",
            b'<Relationship Id="rId99" TargetMode="External" Target="http://x.invalid/t.dotm" '
            b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>'
            b"</Relationships>",
        )

    [problem] = refused(changed(word("x"), with_link))
    assert problem == "The file brings in something from elsewhere (image). Remove it."


def test_fields_of_word_that_do_something_are_refused(people: Cast) -> None:
    def with_field(name: str, part: bytes) -> bytes:
        told = b'<w:fldSimple w:instr=" DDEAUTO c:\\\\x "><w:r><w:t>x</w:t></w:r></w:fldSimple>'
        return part.replace(b"</w:p>", told + b"</w:p>", 1) if name == "word/document.xml" else part

    assert refused(changed(word("x"), with_field)) == [
        "The field DDEAUTO of Word is not allowed in a template."
    ]


# Which one holds


def test_uploaded_before_the_servers_own_before_the_shipped(people: Cast, home: Path) -> None:
    visits = registry.get("visits")
    assert template_in_use.kept(visits, "entry").origin == "shipped"
    path = home / "templates" / "visits" / "entry.docx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(word("from the server {{ serial }}"))
    assert template_in_use.kept(visits, "entry").origin == "home"
    assert "from the server" in filled(an_entry(people, "visits"), people)
    unit = people.bureau.pk
    template_in_use.upload(
        actor=actor(people.admin), unit=unit, ledger=visits, name="entry", file_name="ours.docx",
        content=word("uploaded {{ serial }}"),
    )  # fmt: skip
    held = template_in_use.kept(visits, "entry")
    assert (held.origin, held.file_name, held.by_name) == ("uploaded", "ours.docx", "冯刚")
    assert "uploaded" in filled(an_entry(people, "visits"), people)
    assert template_in_use.remove(actor=actor(people.admin), unit=unit, ledger=visits, name="entry")
    assert not template_in_use.remove(
        actor=actor(people.admin), unit=unit, ledger=visits, name="entry"
    )
    assert template_in_use.kept(visits, "entry").origin == "home"
    told = Step.objects.filter(action__startswith="word_template").order_by("seq")
    assert [step.action for step in told] == ["word_template.set", "word_template.removed"]


def test_one_that_is_refused_changes_nothing(people: Cast) -> None:
    with pytest.raises(ValidationError):
        template_in_use.upload(
            actor=actor(people.admin), unit=people.bureau.pk, ledger=registry.get("visits"),
            name="entry", file_name="x.docx", content=word("{{ nothing }}"),
        )  # fmt: skip
    assert not WordTemplate.objects.exists()


def test_a_spoiled_one_on_the_server_is_said(people: Cast, home: Path) -> None:
    path = home / "templates" / "visits" / "entry.docx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(word("{{ nothing }}"))
    with pytest.raises(template_in_use.TemplateBroken, match="no field “nothing”"):
        template_in_use.template(registry.get("visits"), "entry")


def test_an_older_form_gets_the_shipped_template(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template for the newest form of an own ledger asks for what older matters never had."""
    visits = registry.get("visits")
    template_in_use.upload(
        actor=actor(people.admin), unit=people.bureau.pk, ledger=visits, name="entry",
        file_name="x.docx", content=word("new {{ facts.narrative }}"),
    )  # fmt: skip
    older = replace(visits, version=0, fields=visits.fields[:1])
    lines = said(
        filling.example(
            template_in_use.template(older, "entry"), template_in_use.shape_for(older, "entry")
        )
    )
    assert not any(line.startswith("new") for line in lines)
    assert lines


def test_the_fields_listed_are_those_that_are_taken(people: Cast) -> None:
    shape = template_in_use.shape_for(registry.get("disputes"), "agreement")
    known = [path for path, _title, _opens in fields.listed(shape)]
    assert {"facts.terms", "facts.sessions[].mediators", "people[].id_number"} <= set(known)
    plain = [f"{{{{ {path} }}}}" for path in known if "[]" not in path]
    rows: list[str] = []
    for path in known:
        if "[]" in path:
            table, part = path.split("[].")
            rows.append(f"{{% for one in {table} %}}{{{{ one.{part} }}}}{{% endfor %}}")
    judging.judged(word(*plain, *rows), shape)
    assert len(plain) > 50
    assert len(rows) > 15


def test_shipped_texts_are_made_to_word(tmp_path: Path) -> None:
    text = "# Title\n\n## Head\n> right\n^ middle\n| a | b\n| c | d\n---\nend\n"
    path = tmp_path / "x.txt"
    path.write_text(text)
    lines = said(shipped.made(path))
    assert lines[:8] == ["Title", "Head", "right", "middle", "a", "b", "c", "d"]
    assert lines[-1] == "end"
