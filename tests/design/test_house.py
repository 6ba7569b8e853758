"""Rules of the design that a careless change would break."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

DESIGN = Path(__file__).resolve().parents[2] / "linli" / "design"
TEMPLATES = sorted((DESIGN / "templates").rglob("*.html"))
CALLS = {
    "gettext": None,
    "_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "gettext_lazy": None,
    "pgettext_lazy": ((1, "c"), 2),
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_an_inline_script_or_style(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\s(style|on[a-z]+)=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "<style" not in text


def _known() -> set[tuple[str, str]]:
    catalog = read_po((DESIGN / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb"))
    return {
        (one.context or "", one.id if isinstance(one.id, str) else one.id[0])
        for one in catalog
        if one.id and all([one.string] if isinstance(one.string, str) else one.string)
    }


def _in_templates() -> set[str]:
    found: set[str] = set()
    for template in TEMPLATES:
        text = template.read_text()
        found.update(re.findall(r'{% translate "((?:[^"])+)"', text))
        found.update(re.findall(r'_\("([^"]+)"\)', text))
        for body in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, re.S):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", body.split("{% plural %}")[0].strip()))
    return found


def test_every_word_has_its_chinese() -> None:
    known = _known()
    # The context of a template's words is checked in tests/house/test_words.py.
    assert _in_templates() - {words for _context, words in known} == set()
    missing = set()
    for module in DESIGN.rglob("*.py"):
        with module.open("rb") as file:
            for _line, words, _comments, context in extract("python", file, CALLS):
                one = words[0] if isinstance(words, tuple) else words
                if one and (context or "", one) not in known:
                    missing.add(one)
    assert missing == set()


def test_no_chinese_stands_in_code() -> None:
    for path in [
        *DESIGN.rglob("*.py"),
        *DESIGN.rglob("*.html"),
        *DESIGN.rglob("*.js"),
        *DESIGN.rglob("*.css"),
    ]:
        assert not re.search("[\u4e00-\u9fff]", path.read_text()), path


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    drawn = set(
        re.findall(r'<symbol id="([^"]+)"', (DESIGN / "static/design/icons.svg").read_text())
    )
    used = {
        name
        for template in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)"', template.read_text())
    }
    assert used - drawn == set()


def test_the_first_view_stays_light() -> None:
    import gzip

    def weight(*names: str) -> int:
        return sum(len(gzip.compress((DESIGN / "static" / name).read_bytes())) for name in names)

    css = [f"design/css/{name}.css" for name in ("tokens", "forms")]
    scripts = [
        str(path.relative_to(DESIGN / "static"))
        for path in (DESIGN / "static/design/js").glob("*.js")
    ]
    assert weight(*css, "design/css/public.css", "design/icons.svg") < 12_000
    assert (
        weight(
            *css,
            "design/css/page.css",
            "design/css/parts.css",
            "design/icons.svg",
            "vendor/htmx.min.js",
            *scripts,
        )
        < 50_000
    )
