"""The cast that tests play with: one bureau, two stations, three rooms and the people in them.

    people = cast()                      # in a test that has the database
    client = signed_in(client, people.li)

Names of people are synthetic; passwords exist only where a test signs in through the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from linli.access.actor import Actor, Via, actor_for, system_actor
from linli.ground import clock
from linli.org import actions, tree
from linli.org.models import Role, Staff, Unit, UnitKind
from tests.once_written import once_written

PASSWORD = "linli-test-only-9"
# The one secret of all second factors here: codes by `totp_code()`.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# Everybody came to their posts on this day, whatever day a test plays on.
POSTED = datetime(2019, 1, 7, 9, 0, tzinfo=clock.SHANGHAI)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Cast:
    """`room` has 李建国, 王海涛 (officers), 陈静 (auxiliary), 赵敏 (clerk) and 周卫东 (head).

    `next_room` is of the same station, `far_room` of another station (chief: 刘洋) of the same
    branch. 孙立 is chief of `station`; 吴琼 auditor, 郑凯 analyst, 冯刚 administrator at the branch;
    何洁 works in a room of another branch: the outsider.
    """

    bureau: Unit
    branch: Unit
    station: Unit
    far_station: Unit
    room: Unit
    next_room: Unit
    far_room: Unit
    other_branch: Unit
    other_room: Unit
    li: Staff
    wang: Staff
    chen: Staff
    clerk: Staff
    head: Staff
    neighbour: Staff
    chief: Staff
    far_chief: Staff
    far_officer: Staff
    desk: Staff
    auditor: Staff
    analyst: Staff
    admin: Staff
    outsider: Staff

    @property
    def everybody(self) -> list[Staff]:
        return [value for value in vars(self).values() if isinstance(value, Staff)]


def cast(password: str | None = None) -> Cast:
    """Make the cast; with `password` (see PASSWORD) they can sign in through the page."""
    tree.forget()
    made: Cast = once_written(("cast", password), lambda: _make(password), on=POSTED)
    return made


def _make(password: str | None) -> Cast:
    by = system_actor("tests")

    def unit(kind: str, code: str, name: str, parent: Unit | None) -> Unit:
        return actions.add_unit(kind=kind, code=code, name=name, parent=parent, by=by)

    bureau = unit(UnitKind.BUREAU, "420100", "武汉市公安局", None)
    branch = unit(UnitKind.BRANCH, "420106", "武昌分局", bureau)
    station = unit(UnitKind.STATION, "42010601", "中南路派出所", branch)
    far_station = unit(UnitKind.STATION, "42010602", "水果湖派出所", branch)
    room = unit(UnitKind.ROOM, "4201060101", "梅苑社区警务室", station)
    next_room = unit(UnitKind.ROOM, "4201060102", "百瑞景社区警务室", station)
    far_room = unit(UnitKind.ROOM, "4201060201", "东湖路社区警务室", far_station)
    other_branch = unit(UnitKind.BRANCH, "420111", "洪山分局", bureau)
    other_station = unit(UnitKind.STATION, "42011101", "珞南派出所", other_branch)
    other_room = unit(UnitKind.ROOM, "4201110101", "街道口社区警务室", other_station)
    number = 0

    def person(username: str, name: str, at: Unit, role: str) -> Staff:
        nonlocal number
        number += 1
        staff = actions.add_staff(
            username=username, name=name, password=password, unit=at, role=role, by=by,
            badge_no=f"0{number:05d}", on_public_page=at.kind == UnitKind.ROOM,
        )  # fmt: skip
        if actor_for(staff).needs_second_factor:
            totp.TOTP.activate(staff, SECRET)
        return staff

    return Cast(
        bureau, branch, station, far_station, room, next_room, far_room, other_branch, other_room,
        li=person("lijianguo", "李建国", room, Role.OFFICER),
        wang=person("wanghaitao", "王海涛", room, Role.OFFICER),
        chen=person("chenjing", "陈静", room, Role.AUXILIARY),
        clerk=person("zhaomin", "赵敏", room, Role.CLERK),
        head=person("zhouweidong", "周卫东", room, Role.HEAD),
        neighbour=person("linfang", "林芳", next_room, Role.OFFICER),
        chief=person("sunli", "孙立", station, Role.CHIEF),
        far_chief=person("liuyang", "刘洋", far_station, Role.CHIEF),
        far_officer=person("xujie", "徐杰", far_room, Role.OFFICER),
        desk=person("gaofeng", "高峰", branch, Role.BRANCH),
        auditor=person("wuqiong", "吴琼", branch, Role.AUDITOR),
        analyst=person("zhengkai", "郑凯", branch, Role.ANALYST),
        admin=person("fenggang", "冯刚", branch, Role.ADMINISTRATOR),
        outsider=person("hejie", "何洁", other_room, Role.OFFICER),
    )  # fmt: skip


def totp_code(secret: str = SECRET) -> str:
    """The six digits that the second step asks for now, good for half a minute at least."""
    counters = list(totp.yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2]  # the first is of the half minute before
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def actor(staff: Staff, via: Via = "web") -> Actor:
    return actor_for(staff, via)


def signed_in(client: Client, staff: Staff) -> Client:
    """The client with a session of this person, past the second step."""
    client.force_login(staff, backend=BACKEND)
    return client


def record(ledger: str, staff: Staff, room: Unit, **data: Any) -> Any:
    """A matter recorded by somebody, with what is required filled in; gives the Done."""
    from linli.ledger.acts import carrying_out
    from linli.ledger.acts.act import Act
    from linli.ledger.declaration import registry

    defaults: dict[str, Any] = {
        "visits": {"category": "help", "narrative": "老人忘带钥匙，请民警协助开锁"},
        "incidents": {
            "channel": "110", "category": "criminal.theft.ebike", "place": "梅苑小区三期 5 栋",
            "narrative": "停在楼下的电动车电瓶被盗",
        },
    }.get(ledger, {})  # fmt: skip
    declared = registry.get(ledger)
    act = Act(
        declared, "record", actor(staff), {**defaults, **data},
        room=room.pk, district=tree.district_of(room.pk),
    )  # fmt: skip
    return carrying_out.carry_out([act])[0]


def do(ledger: str, action: str, staff: Staff, entry: Any, reason: str = "", **data: Any) -> Any:
    """An action of somebody on an entry (its id); gives the Done."""
    from linli.ledger.acts import carrying_out
    from linli.ledger.acts.act import Act
    from linli.ledger.declaration import registry

    act = Act(registry.get(ledger), action, actor(staff), data, entry=entry, reason=reason)
    return carrying_out.carry_out([act])[0]


__all__ = [
    "PASSWORD", "SECRET", "Authenticator", "Cast", "actor", "cast", "do", "record", "signed_in",
    "totp_code",
]  # fmt: skip
