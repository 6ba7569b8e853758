import threading
from datetime import UTC, date, datetime

import pytest

from linli.ground import clock, ids

LATE = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)  # half past one at night in Shanghai


def test_the_day_is_that_of_shanghai() -> None:
    with clock.fixed(LATE):
        assert clock.now() == LATE
        assert clock.today() == date(2026, 3, 2)
        assert clock.local(clock.now()).hour == 1


def test_a_stopped_clock_is_seen_by_other_threads_and_starts_again() -> None:
    seen: list[datetime] = []
    with clock.fixed(LATE):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
        with clock.fixed(datetime(2027, 1, 1, tzinfo=clock.SHANGHAI)):
            assert clock.today() == date(2027, 1, 1)
        assert clock.now() == LATE
    assert seen == [LATE]
    assert clock.now() != LATE


def test_a_moment_without_zone_is_refused() -> None:
    naive = datetime(2026, 3, 1)
    with pytest.raises(ValueError), clock.fixed(naive):
        pass
    with pytest.raises(ValueError):
        clock.local(naive)
    with pytest.raises(ValueError):
        ids.new_id_at(naive)


def test_ids_are_version_7_and_grow() -> None:
    made = [ids.new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


def test_ids_grow_though_the_machines_clock_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    last = ids.new_id()
    early = ids.new_id_at(datetime(1970, 1, 2, tzinfo=UTC))
    monkeypatch.setattr(ids, "uuid7", lambda: early)
    assert ids.new_id() > last


def test_an_id_of_old_history_carries_its_moment() -> None:
    made = ids.new_id_at(LATE)
    assert made.int >> 80 == int(LATE.timestamp() * 1000)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made < ids.new_id()
    assert made != ids.new_id_at(LATE)
