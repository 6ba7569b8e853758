"""The days besides today on which `make test` tries a part of the suite, and the part."""

from __future__ import annotations

# An hour may stand behind the day; without one it is the hour of the machine.
DAYS = (
    "2026-12-31T23:40",  # the evening before a new year: numbers, books and periods roll over
    "2028-02-29",  # a day that most years do not have
    "2031-01-01T00:05",  # in UTC it is still 2030; nobody has announced the holidays of this year
)

# What reckons with days: deadlines, working days, hours, periods, years, retention. (The demonstration
# is built on each of these days in every run, see tests/demo.)
PART = (
    "tests/ground",
    "tests/duty",
    "tests/test_reactions.py",
    "tests/ledger/test_escalation.py",
    "tests/ledger/test_recording.py",
    "tests/ledger/test_changing.py",
    "tests/ledger/test_kinds.py",
    "tests/ledger/test_rows.py",
    "tests/ledger/test_events.py",
    "tests/ledger/retention",
    "tests/ledger/exchange/test_kinds.py",
    "tests/ledger/exchange/test_samples.py",
    "tests/publicsite/test_rooms.py",
    "tests/surveys",
    "tests/hazards",
    "tests/inspections",
    "tests/places",
    "tests/things",
    "tests/emergencies",
    "tests/gatepass",
    "tests/patrols",
    "tests/cases",
    "tests/access/test_tokens.py",
    "tests/access/test_parked.py",
    "tests/access/test_sign_in.py",
    "tests/operations/test_housekeeping.py",
    "tests/operations/test_retention.py",
    "tests/operations/test_check.py",
)
