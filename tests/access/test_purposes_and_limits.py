"""Why, and how often, somebody reads about a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from linli.access.limits import LimitReached, check_limit, limit
from linli.access.purposes import PURPOSES, check_purpose
from linli.ground import clock
from linli.history.reads import note_read
from tests.cast import actor, cast


def test_each_purpose_asks_for_what_it_needs() -> None:
    assert len(PURPOSES) == 7
    assert check_purpose("safety").code == "safety"
    assert check_purpose("matter", matter="V-2026-7").needs_matter
    for code, matter, words, field in (
        ("", "", "", "purpose"),
        ("curiosity", "", "", "purpose"),
        ("matter", " ", "", "matter"),
        ("other", "", "短", "words"),
    ):
        with pytest.raises(ValidationError) as refused:
            check_purpose(code, matter, words)
        assert list(refused.value.message_dict) == [field]
    check_purpose("other", words="群众求助，需要联系其家属确认情况")


@pytest.mark.django_db
def test_the_day_s_limit_by_role() -> None:
    people = cast()
    li = actor(people.li)
    assert limit(li, "reveal") == 40
    assert limit(actor(people.chief), "reveal") == 60
    assert limit(actor(people.clerk), "lookup") == 200
    assert limit(actor(people.analyst), "lookup") == 0
    note_read(actor_id=li.id, actor_name=li.name, kind="reveal", count=39)
    check_limit(li, "reveal")
    with pytest.raises(LimitReached, match="40"):
        check_limit(li, "reveal", count=2)
    note_read(actor_id=li.id, actor_name=li.name, kind="reveal")
    with pytest.raises(LimitReached, match="40"):
        check_limit(li, "reveal")
    check_limit(li, "lookup")
    check_limit(actor(people.wang), "reveal")
    with clock.fixed(clock.now() + timedelta(days=1)):
        check_limit(li, "reveal")
