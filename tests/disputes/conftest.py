from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from linli.ground import clock
from tests.cast import Cast, cast

# A Monday morning; the working week that follows has no holiday in it.
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    """The cast, posted long before the day on which the tests begin."""
    made = cast()
    with clock.fixed(MONDAY):
        yield made
