"""One row of an old list becomes one thing of a register; what cannot be read stays as it was said."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.ledger.acts import adding_things
from linli.ledger.acts.act import Past, ThingAct
from linli.ledger.declaration.thing import Thing
from linli.ledger.declaration.thing_actions import ADD, SINCE, UNTIL
from linli.ledger.exchange.rows.cells import Guide, Reading
from linli.ledger.exchange.rows.interpreting import Reader
from linli.ledger.exchange.words.targets import gather_rows


class ThingReader(Reader):
    """Reads the rows of an old list: each becomes a thing that stands."""

    def __init__(self, guide: Guide) -> None:
        assert isinstance(guide.ledger, Thing)
        self.thing = guide.ledger
        self.never_set_aside = self.thing.headline
        super().__init__(guide)
        self.fields |= {"since": SINCE, "until": UNTIL}
        # Asked for anew: the days are fields of every thing, which no declaration lists.
        self.layouts = [self._layout(headings) for headings in guide.heads]

    def _finish(self, reading: Reading) -> None:
        self._people(reading)
        if not any(reading.data.get(name) for name in self.thing.headline):
            reading.refused = _("The row does not say what it is about: %(field)s is missing.") % {
                "field": self.thing.field(self.thing.headline[0]).title
            }
            return
        self._category(reading)
        reading.rows = gather_rows(reading.data)

    def _ready(
        self, reading: Reading, source: bytes, *, dry: bool
    ) -> adding_things.NewThing | None:
        """Check the act; a value that the register does not take stays as it was said."""
        for _attempt in range(len(self.fields)):
            try:
                ready = adding_things.prepare(self._act(reading, source))
            except ValidationError as error:
                if not self._set_aside(reading, error):
                    reading.refused = " ".join(error.messages)
                    return None
            else:
                return None if dry else ready
        reading.refused = _("This row cannot be read.")
        return None

    def _act(self, reading: Reading, source: bytes) -> ThingAct:
        guide = self.guide
        return ThingAct(
            self.thing, ADD, guide.actor, reading.data, room=guide.room, district=guide.district,
            past=Past(
                run=guide.run, source=source, number=reading.number, said=reading.said,
                notes=tuple(reading.warnings),
            ),
            id=guide.run,
        )  # fmt: skip
