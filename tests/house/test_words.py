"""Source strings are English, and every one of them has its Chinese."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from django.apps import apps
from django.template.base import Lexer, TokenType
from django.utils.translation import trim_whitespace

from tests.house.source import PROGRAM, ours, rooms

CHINESE = re.compile(r"[\u3400-\u9fff]")
# Docstrings and comments may give the Chinese term of the field; strings that are shown may not.
KEYWORDS = {
    "_": None, "_g": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
Message = tuple[str, str]  # context, msgid


def in_python(room: Path) -> set[Message]:
    """What Python files of a room ask gettext for."""
    found: set[Message] = set()
    method = [("**/migrations/**", "ignore"), ("**.py", "python")]
    for _file, _line, message, _comments, context in extract_from_dir(
        room, method_map=method, keywords=KEYWORDS
    ):
        first = message[0] if isinstance(message, tuple) else message
        if isinstance(first, str) and first:
            found.add((context or "", first))
    return found


_TRANSLATE = re.compile(
    r"""^(?:translate|trans)\s+(?P<q>["'])(?P<text>.*?)(?<!\\)(?P=q)(?P<rest>.*)$""", re.DOTALL
)
_INLINE = re.compile(r"""_\((?P<q>["'])(?P<text>.*?)(?P=q)\)""")
_CONTEXT = re.compile(r"""\bcontext\s+(["'])(.*?)\1""")


def in_templates(room: Path) -> set[Message]:
    """What templates of a room ask for: {% translate %}, {% blocktranslate %} and _("…")."""
    found: set[Message] = set()
    for path in room.rglob("templates/**/*"):
        if path.is_file() and path.suffix in (".html", ".txt", ".svg"):
            found |= set(_of_template(path.read_text("utf-8")))
    return found


def _of_template(text: str) -> list[Message]:
    messages: list[Message] = []
    block: list[str] | None = None
    head = ""
    for token in Lexer(text).tokenize():
        content = token.contents
        if token.token_type == TokenType.BLOCK:
            word = content.split(None, 1)[0] if content else ""
            if word in ("blocktranslate", "blocktrans"):
                block, head = [], content
                continue
            if block is not None:
                if word == "plural" or word in ("endblocktranslate", "endblocktrans"):
                    messages.append(_block(head, block))
                    block = None
                continue
            if simple := _TRANSLATE.match(content):
                context = _CONTEXT.search(simple["rest"])
                messages.append((context[2] if context else "", simple["text"]))
        if token.token_type in (TokenType.BLOCK, TokenType.VAR):
            if block is not None and token.token_type == TokenType.VAR:
                block.append(f"%({content.split('|')[0].strip()})s")
                continue
            messages += [("", found["text"]) for found in _INLINE.finditer(content)]
        elif block is not None and token.token_type == TokenType.TEXT:
            block.append(content.replace("%", "%%") if "%" in content else content)
    return messages


def _block(head: str, parts: list[str]) -> Message:
    text = "".join(parts)
    context = _CONTEXT.search(head)
    return (context[2] if context else "", trim_whitespace(text) if "trimmed" in head else text)


@cache
def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def chinese() -> dict[Message, str]:
    """All translations of all rooms, and those that Django and its packages bring."""
    known: dict[Message, str] = {}
    for path in sorted(PROGRAM.glob("*/locale/zh_Hans/LC_MESSAGES/django.po")):
        for message in catalogue(path):
            if message.id and not message.fuzzy:
                first = message.id[0] if isinstance(message.id, tuple) else message.id
                text = message.string[0] if isinstance(message.string, tuple) else message.string
                if text:
                    known[(message.context or "", first)] = text
    return known


def catalogues() -> list[Path]:
    return sorted(PROGRAM.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_every_string_of_a_room_has_its_chinese(room: Path) -> None:
    used = in_python(room) | in_templates(room)
    missing = sorted(used - set(chinese()))
    assert missing == []


def test_the_settings_speak_chinese_too() -> None:
    assert {("", "Simplified Chinese"), ("", "English")} <= set(chinese())


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-5])
def test_no_translation_is_fuzzy_empty_or_breaks_its_places(path: Path) -> None:
    wrong = []
    for message in catalogue(path):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        places = {place for id in ids for place in re.findall(r"%\((\w+)\)", id)}
        for text in texts:
            unknown = set(re.findall(r"%\((\w+)\)", text)) - places
            if message.fuzzy or not text or unknown:
                wrong.append((ids[0], text))
    assert wrong == []


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-5])
def test_chinese_words_are_chinese(path: Path) -> None:
    """A translation without one Chinese character is a string somebody forgot."""
    allowed = re.compile(r"^[\W\d_]*$|^[A-Z]{1,4}$")
    wrong = [
        message.id
        for message in catalogue(path)
        if message.id
        and isinstance(message.string, str)
        and not CHINESE.search(message.string)
        and not allowed.match(re.sub(r"%\(\w+\)[a-z]|\{\w+\}|<[^>]+>", "", message.string))
        and message.string not in ("English", "Excel", "CSV", "PDF", "Linli")
    ]
    assert wrong == []


def _python_strings(path: Path) -> list[tuple[int, str]]:
    import ast

    tree = ast.parse(path.read_text("utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented
    ]


def test_no_chinese_stands_in_the_code() -> None:
    """What is shown goes through gettext; what is data lies in data files."""
    found = []
    for path in ours(".py"):
        if "demo" in path.parts or path.relative_to(PROGRAM).as_posix() == "ground/words.py":
            continue  # the demo is data; words.py names the blocks of Chinese characters
        found += [
            f"{path.relative_to(PROGRAM)}:{line} {text[:30]!r}"
            for line, text in _python_strings(path)
            if CHINESE.search(text)
        ]
    assert found == []


@pytest.mark.parametrize("suffix", [".html", ".js"])
def test_no_chinese_stands_in_templates_and_scripts(suffix: str) -> None:
    comment = re.compile(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->|/\*.*?\*/|(?<!:)//[^\n]*",
        re.DOTALL,
    )
    found = [
        str(path.relative_to(PROGRAM))
        for path in ours(suffix)
        if CHINESE.search(comment.sub("", path.read_text("utf-8")))
    ]
    assert found == []


def test_names_of_models_are_found() -> None:
    """Rooms with models have a catalogue: their names appear on pages and in messages."""
    with_models = {
        m._meta.app_config.path for m in apps.get_models() if m.__module__.startswith("linli.")
    }
    without = [p for p in with_models if in_python(Path(p)) and not (Path(p) / "locale").exists()]
    assert without == []


def test_one_english_string_has_one_chinese() -> None:
    """Catalogues are merged when Linli runs: where two rooms mean different things by the same
    English, a context must say so (pgettext), or one room would speak with the other's words."""
    said: dict[Message, dict[str, list[str]]] = {}
    for room in rooms():
        path = room / "locale/zh_Hans/LC_MESSAGES/django.po"
        if not path.exists():
            continue
        with path.open("rb") as file:
            for message in read_po(file):
                first = message.id if isinstance(message.id, str) else message.id[0]
                if first:
                    key = (message.context or "", first)
                    said.setdefault(key, {}).setdefault(str(message.string), []).append(room.name)
    assert {key: words for key, words in said.items() if len(words) > 1} == {}
