"""Every message of the API has its Chinese."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import linli.api

ROOM = Path(linli.api.__file__).parent


def test_every_message_has_its_chinese() -> None:
    used = {
        str(message)
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOM, method_map=[("**.py", "python")], keywords={"_": None, "gettext_lazy": None}
        )
    }
    with (ROOM / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        chinese = {str(one.id): str(one.string) for one in read_po(file) if one.id}
    assert len(used) > 20
    assert set(chinese) == used
    assert all(chinese.values())
