"""Read by Python when it begins, in processes that tests of another day start: see above."""

import os
from datetime import timedelta

if ahead := os.environ.get("TESTS_CLOCK_AHEAD"):
    from linli.ground import clock

    clock.set_ahead(timedelta(seconds=float(ahead)))
