"""Matters recorded at the same moment: all there, none twice, one's mistake is its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection

from linli.ground.ids import new_id
from linli.history.models import Step
from linli.ledger.acts import group_commit
from linli.ledger.acts.act import Act, Done
from linli.ledger.declaration import registry
from linli.ledger.entries.models import Entry
from tests.cast import actor, cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_parallel_records_have_serials_without_gaps_and_mistakes_stay_alone() -> None:
    people = cast()
    visits, officer, taken = registry.get("visits"), actor(people.li), new_id()

    def one(number: int) -> Done | str:
        act = Act(
            visits, "record", officer, {"category": "help", "narrative": "请民警协助开锁"},
            room=people.room.pk, district=people.branch.pk,
            entry=taken if number % 10 == 0 else None,
        )  # fmt: skip
        try:
            return group_commit.record(act)
        except IntegrityError:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        became: list[Any] = list(pool.map(one, range(40)))
    done = [one for one in became if isinstance(one, Done)]
    assert became.count("refused") == 3
    assert sorted(one.serial_no for one in done) == list(range(1, 38))
    assert Entry.objects.filter(id=taken).count() == 1
    assert Step.objects.filter(subject__in=[one.entry for one in done]).count() == 37
