"""An officer of the next room, a chief of another station, an outsider: each gets 404 on every
route and every operation of the API that takes an id. All routes are walked, also new ones."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client

from linli.access import tokens
from linli.access.routes import walk
from linli.history.models import ReadLog, Step
from linli.ledger.custom import designs
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from linli.ledger.files import taking_in
from linli.ledger.forms import drafts
from linli.ledger.reading import entry_view
from linli.ledger.reading.saved import saved_views
from linli.patrols import points
from tests.cast import Cast, actor, cast, do, record, signed_in
from tests.ledger.custom import draft as draft_of
from tests.ledger.custom import field
from tests.ledger.files.conftest import picture, upload

# Parameters that name no row of anybody: a ledger, an action, a room's public code.
PLAIN = {
    "ledger": "visits",
    "code": "visits",
    "action": "note",
    "name": "a",
    "document": "agreement",
}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Rows of the signed-in person alone, not of a room (their own sessions).
OWN = {"session"}


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def ids(people: Cast) -> dict[str, UUID]:
    """One row of every kind that belongs to 李建国's room."""
    person = {"role": "visitor", "name": "张小花", "phone": "13800001234"}
    done = record("visits", people.li, people.room, visitors=[person])
    li = actor(people.li)
    draft = drafts.save(
        actor=li, room=people.room.pk, ledger="visits", action="record", data={"narrative": "x"}
    )
    entry = Entry.objects.get(id=done.entry)
    entry_view.reveal(actor=li, entry=entry, purpose="matter")
    read = ReadLog.objects.get(kind="reveal")
    step = Step.objects.get(subject=entry.id)
    photo = taking_in.take(
        actor=li, upload=upload(picture()), room=people.room.pk, district=entry.district
    )
    other = record("visits", people.li, people.room)
    do("visits", "attach", people.li, other.entry, added_files=[str(photo.id)])
    view = saved_views.keep(li, registry.get("visits"), name="x", query="state=open", shared=True)
    own = designs.begin(by=actor(people.head), unit=people.room, definition=draft_of(field("a")))
    gate = points.add(room=people.room.pk, by=li, name="东门")
    return {
        "point": gate.pk, "sign": gate.code,  # type: ignore[dict-item]
        "design": own.id, "file": photo.id,
        "entry": entry.id, "id": entry.id, "draft": draft.id, "read": read.id, "step": step.id,
        "view": view.pk, "unit": people.room.pk, "staff": people.li.pk, "run": entry.id,
    }  # fmt: skip


def routes_with_ids(ids: dict[str, UUID]) -> list[tuple[str, str]]:
    """(path, kind of access) of all routes that take an id, filled in."""
    found = []
    for pattern, _name, _view, access in walk():
        names = set(PARAMETER.findall(pattern))
        if not names or names <= OWN or access is None or access.kind == "public":
            continue
        unknown = names - set(ids) - set(PLAIN) - OWN
        assert not unknown, f"say in test_outsiders what {unknown} of {pattern} stands for"
        if not names & set(ids):
            continue
        path = PARAMETER.sub(lambda m: str(ids.get(m[1]) or PLAIN.get(m[1])), pattern)
        found.append((f"/{path}", access.kind))
    assert len(found) > 12
    return found


WHO = ("neighbour", "far_chief", "outsider")


@pytest.mark.parametrize("who", WHO)
def test_outsiders_get_404_on_every_page(
    client: Client, people: Cast, ids: dict[str, UUID], who: str
) -> None:
    signed_in(client, getattr(people, who))
    wrong = []
    for path, kind in routes_with_ids(ids):
        if kind == "token":
            continue
        for method in ("get", "post"):
            status = getattr(client, method)(path).status_code
            if status == 405 and method in ("get", "post"):
                continue
            if status != 404:
                wrong.append(f"{method} {path}: {status}")
    assert wrong == []


@pytest.mark.parametrize("who", WHO)
def test_outsiders_get_404_on_every_operation(
    client: Client, people: Cast, ids: dict[str, UUID], who: str
) -> None:
    token = tokens.create(getattr(people, who), "test")
    headers = {"Authorization": f"Bearer {token}"}
    wrong, asked = [], 0
    for path, kind in routes_with_ids(ids):
        if kind != "token":
            continue
        for method in ("get", "post"):
            send = {"data": "{}", "content_type": "application/json"} if method == "post" else {}
            status = getattr(client, method)(path, headers=headers, **send).status_code
            if status == 405:
                continue
            asked += 1
            if status != 404:
                wrong.append(f"{method} {path}: {status}")
    assert wrong == [] and asked >= 4


def test_without_signing_in_nothing_is_told(client: Client, ids: dict[str, UUID]) -> None:
    """Strangers are led to the sign-in page, or get 401: the same for what is and what is not."""
    elsewhere = {name: UUID(int=7) for name in ids}
    for (path, kind), (other, _kind) in zip(
        routes_with_ids(ids), routes_with_ids(elsewhere), strict=True
    ):
        here, there = client.get(path), client.get(other)
        assert here.status_code == there.status_code, path
        assert here.status_code in ((401, 405) if kind == "token" else (302, 405)), path


def test_the_room_itself_gets_in(client: Client, people: Cast, ids: dict[str, UUID]) -> None:
    """The walk above means something only if the same paths answer to whom they belong."""
    signed_in(client, people.li)
    file = f"/files/{ids['file']}"
    for path in (
        f"/entries/{ids['entry']}/", f"/entries/{ids['entry']}/reveal/", f"{file}/",
        f"{file}/content/", f"{file}/thumbnail/",
    ):  # fmt: skip
        assert client.get(path).status_code == 200
    token = tokens.create(people.li, "test")
    answer = client.get(
        f"/api/v1/entries/{ids['id']}", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200
