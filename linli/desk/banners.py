"""What floors above have to say on every desk, such as a keyring that has no copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.functional import Promise

from linli.access.actor import Actor

Warn = Callable[[Actor], Iterable[str | Promise]]

_sources: list[Warn] = []


def add(source: Warn) -> None:
    """Have `source(actor)` asked whenever a desk is shown; call it in `AppConfig.ready()`."""
    if source not in _sources:
        _sources.append(source)


def for_actor(actor: Actor) -> list[str]:
    """All warnings for this person, in words."""
    return [str(text) for source in _sources for text in source(actor)]
