"""Keys of programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from linli.access import tokens
from linli.access.actor import actor_for, system_actor
from linli.access.models import Token
from linli.ground import clock
from linli.history.models import Step, StepBody
from linli.org import actions
from linli.org.models import Posting
from tests.cast import cast

pytestmark = pytest.mark.django_db


def test_a_token_acts_as_its_owner_in_one_statement(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "FRESH_SECONDS", 3600)  # however slow the machine
    people = cast()
    raw = tokens.create(people.chief, "script")
    assert raw.startswith("linli_")
    assert raw not in str(Token.objects.values())
    with django_assert_num_queries(1):
        who = tokens.actor_for_token(raw)
    assert who is not None
    assert (who.id, who.via) == (people.chief.pk, "api")
    assert who.posts == actor_for(people.chief).posts
    with django_assert_num_queries(0):
        assert tokens.actor_for_token(raw) == who


def test_making_one_is_a_step_without_its_text() -> None:
    people = cast()
    raw = tokens.create(people.li, "script", scopes=["read"])
    step = Step.objects.get(action="staff.token", subject=people.li.pk)
    assert step.room == people.room.pk
    said = StepBody.objects.get(step=step.id).text
    assert '"script"' in said and '"read"' in said
    assert raw not in said


def test_wrong_ended_and_expired_tokens_are_nobody() -> None:
    people = cast()
    raw = tokens.create(people.li, "script")
    assert tokens.actor_for_token(raw) is not None
    assert tokens.actor_for_token(raw[:-1] + ("A" if raw[-1] != "A" else "B")) is None
    assert tokens.actor_for_token("") is None
    assert tokens.actor_for_token("linli_' OR 1=1 --") is None
    tokens.end(Token.objects.get())
    assert tokens.actor_for_token(raw) is None
    short = tokens.create(people.li, "short", expires_at=clock.now() + timedelta(minutes=5))
    assert tokens.actor_for_token(short) is not None
    with clock.fixed(clock.now() + timedelta(minutes=6)):
        assert tokens.actor_for_token(short) is None


def test_a_closed_account_and_an_ended_posting_act_at_once_here() -> None:
    people = cast()
    raw = tokens.create(people.li, "script")
    who = tokens.actor_for_token(raw)
    assert who is not None
    assert who.may("read")
    actions.end_posting(posting=Posting.objects.get(staff=people.li), by=system_actor("t"))
    who = tokens.actor_for_token(raw)
    assert who is not None
    assert not who.may("read")
    actions.change_staff(staff=people.li, by=system_actor("t"), is_active=False)
    assert tokens.actor_for_token(raw) is None


def test_scopes_only_take_away() -> None:
    people = cast()
    who = tokens.actor_for_token(tokens.create(people.chen, "r", scopes=["read", "reveal"]))
    assert who is not None
    assert who.may("read")
    assert not who.may("record")
    assert not who.may("reveal")  # an auxiliary never could
    assert who.reach("record").rooms == frozenset()
    with pytest.raises(ValidationError, match="fly"):
        tokens.create(people.chen, "r", scopes=["fly"])
