"""Matters of any ledger, made from its declaration alone: recorded and handled by its own actions.

    entry = Handling(ledger, actor, room, staff, seed=1).to_the_end()

What a ledger's rules refuse is tried again with other values; times only go on.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from linli.access.actor import Actor
from linli.ground import clock
from linli.ledger.acts import carrying_out
from linli.ledger.acts.act import Act
from linli.ledger.acts.possible import actions_for
from linli.ledger.declaration import kinds
from linli.ledger.declaration.ledger import Action, Field, Ledger
from linli.ledger.entries.models import Entry
from linli.org.models import Staff, Unit
from linli.org.tree import district_of

BEGIN = datetime(2026, 3, 2, 1, 0, 7, 120_000, tzinfo=UTC)
TRIES = 300
# What a spreadsheet, a comma or a formula could spoil.
LINES = (
    "=SUM(A1:A9)", "+8613800001234", "-1", "@某人", "'=引号在前", "'单引号", '他说"不是"', "甲；乙;丙、丁，戊",
    "无", "/", "2026-03-02", "00123", "1e5", "是", "  \u3000梅苑小区3栋", "a,b\\n", "［全角］", "；", "匿名",
)  # fmt: skip
TEXTS = (
    "三期一户邻里纠纷", "第一行\n第二行；分号;\n\n=第四行", '"引号"\n@换行', "-\n-", "制表\t符", "=HYPERLINK(\"http://x\",\"y\")",
    "\\n 不是换行", "合计", "𡈽地庙 😀", "不详", "共 3 人：张三、李四，王五",
)  # fmt: skip
NAMES = ("张小花", "李四、王五", "欧阳某某", "=陈", "匿名")
PHONES = ("13800001234", "13900004321", "027-87654321")
NUMBERS = ("420106199001010003", "420106198505059990")


def with_check_digit(first: str) -> str:
    """An identity number whose last digit is right."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(sign) * weight for sign, weight in zip(first, weights, strict=True))
    return first + "10X98765432"[total % 11]


class Refusing(AssertionError):
    """A ledger that refuses everything that can be made up for it."""


class Handling:
    """One matter on its way."""

    def __init__(
        self, ledger: Ledger, actor: Actor, room: Unit, staff: list[Staff], seed: int
    ) -> None:
        self.ledger, self.actor, self.room, self.staff = ledger, actor, room, staff
        self.chance = random.Random(f"{ledger.code}/{seed}")
        self.now = BEGIN + timedelta(days=seed)
        self.done: list[str] = []
        self.entry = self._record()

    # Steps

    def _record(self) -> Entry:
        return self._try(self.ledger.all_actions["record"], None)

    def to_the_end(self, most: int = 20) -> Entry:
        """Its own actions, each once if it can be, until it is closed."""
        for _step in range(most):
            if not self.ledger.state_by_name[self.entry.state].open:
                break
            if not self._next():
                break
        return self.entry

    def _next(self) -> bool:
        own = {action.name for action in self.ledger.actions}
        possible = [
            action
            for action in actions_for(self.actor, self.entry)
            if action.name in own and action.name != "record"
        ]
        self.chance.shuffle(possible)
        if len(self.done) > 6:  # towards the end, and first what is only now and then possible
            possible.sort(key=lambda a: (not self._closes(a), a.only_if is None))
        else:
            possible.sort(key=lambda a: (self._closes(a), self.done.count(a.name)))
        for action in possible:
            try:
                self.entry = self._try(action, self.entry)
            except Refusing:
                continue
            return True
        return False

    def _closes(self, action: Action) -> bool:
        return action.to is not None and not self.ledger.state_by_name[action.to].open

    def void(self) -> Entry:
        self.entry = self._try(self.ledger.all_actions["void"], self.entry)
        return self.entry

    def _try(self, action: Action, entry: Entry | None) -> Entry:
        self.now += timedelta(hours=26, minutes=7)
        wrong: ValidationError | None = None
        with clock.fixed(self.now):
            for number in range(TRIES):
                try:
                    with transaction.atomic():
                        [done] = carrying_out.carry_out([self._act(action, entry, number)])
                except ValidationError as error:
                    wrong = error
                    continue
                self.done.append(action.name)
                return Entry.objects.get(id=done.entry)
        raise Refusing(f"{self.ledger.code}: {action.name} is refused: {wrong}")

    def _act(self, action: Action, entry: Entry | None, number: int) -> Act:
        data = self._data(action, number)
        reason = "原因：更正；重复\n第二行" if action.reason else ""
        if entry is not None:
            return Act(self.ledger, action.name, self.actor, data, entry=entry.id, reason=reason)
        assisting = tuple(one.pk for one in self.staff[1:])
        return Act(
            self.ledger, "record", self.actor, data, room=self.room.pk,
            district=district_of(self.room.pk), responsible=self.staff[0].pk, assisting=assisting,
        )  # fmt: skip

    def _data(self, action: Action, number: int) -> dict[str, Any]:
        """Everything it asks for; after some tries without one or the other."""
        left_out = 0.0 if number < TRIES // 3 else self.chance.random()
        rows = self.ledger.by_name.get(action.adds)
        data: dict[str, Any] = {}
        self._moments = 0
        for ask in action.asks:
            about = (rows.sub(ask.name) if rows else None) or self.ledger.by_name.get(ask.name)
            if about is None:
                continue
            if not (ask.required or about.required) and self.chance.random() < left_out:
                continue
            value = self.value(about)
            if value is not None:
                data[ask.name] = value
        return data

    # Values

    def value(self, about: Field) -> Any:
        made = getattr(self, f"_{about.kind.code}", None)
        return made(about) if made else None

    def _text(self, about: Field) -> str:
        return self.chance.choice(LINES).strip()

    _place = _text

    def _narrative(self, about: Field) -> str:
        return self.chance.choice(TEXTS)

    def _moment(self, about: Field) -> datetime:
        """Later in a form is later in time, and nothing lies ahead."""
        self._moments += 1
        at = self.now - timedelta(hours=20) + timedelta(minutes=31 * self._moments)
        return at.replace(microsecond=0, second=self.chance.choice((0, 0, 41)))

    def _date(self, about: Field) -> str:
        days = self.chance.choice((0, 0, 1, 3, -1))
        return (clock.local(self.now).date() + timedelta(days=days)).isoformat()

    def _integer(self, about: Field) -> int:
        least = int(about.least if about.least is not None else -5)
        return self.chance.randint(
            least, int(min(about.most if about.most is not None else 999, 999))
        )

    def _decimal(self, about: Field) -> float:
        least = about.least if about.least is not None else -5
        most = about.most if about.most is not None else 12_345.678901
        return round(min(max(self.chance.choice((0.25, 2.5, 1234.56789)), least), most), 6)

    def _choice(self, about: Field) -> str:
        return self.chance.choice(about.choices).code

    def _choices(self, about: Field) -> list[str]:
        known = [one.code for one in about.choices] or ["东门岗", "A;B口", "西门"]
        return self.chance.sample(known, self.chance.randint(1, len(known)))

    def _category(self, about: Field) -> str:
        return self.chance.choice(list(kinds.tree_of(about).by_code))

    def _flag(self, about: Field) -> bool:
        return self.chance.random() < 0.6

    def _staff(self, about: Field) -> str:
        return str(self.chance.choice(self.staff).pk)

    def _point(self, about: Field) -> tuple[float, float]:
        return (round(114.3 + self.chance.random() / 10, 6), 30.5)

    def _people(self, about: Field) -> list[dict[str, str]]:
        roles = [one.code for one in about.choices]
        return [
            {
                "role": roles[number % len(roles)], "name": self.chance.choice(NAMES),
                "phone": self.chance.choice(PHONES),
                "id_number": with_check_digit(self.chance.choice(NUMBERS)[:17]),
                "address": self.chance.choice(LINES).strip(), "note": "=说明；两句；",
            }
            for number in range(self.chance.randint(1, 3))
        ] + [{"role": roles[-1], "name": "只有名字"}]  # fmt: skip

    def _rows(self, about: Field) -> list[dict[str, Any]]:
        made = []
        for _number in range(self.chance.randint(1, 3)):
            row = {sub.name: self.value(sub) for sub in about.fields}
            made.append({name: value for name, value in row.items() if value is not None})
        return made

    def _checklist(self, about: Field) -> dict[str, Any]:
        assert about.checklists is not None
        one = self.chance.choice(about.checklists.lists)
        answers = {item.code: self.chance.choice(("ok", "ok", "bad", "na")) for item in one.items}
        noted = self.chance.sample(list(answers), min(2, len(answers)))
        return {
            "list": one.code, "answers": answers,
            "notes": {item: self.chance.choice(("锁着；钥匙在门卫", "=1：不符合；", "x")) for item in noted},
        }  # fmt: skip
