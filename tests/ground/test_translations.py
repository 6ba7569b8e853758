import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import linli.ground

ROOM = Path(linli.ground.__file__).parent


def test_every_message_has_its_chinese() -> None:
    used = {
        str(message)
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOM, method_map=[("**.py", "python")], keywords={"_": None}
        )
    }
    with (ROOM / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        translated = {
            str(message.id): str(message.string) for message in read_po(file) if message.id
        }
    assert len(used) > 25
    assert {text for text in used if not translated.get(text)} == set()
    assert set(translated) == used
    for text, chinese in translated.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", chinese))
