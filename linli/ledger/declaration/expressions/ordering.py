"""In which order fields are worked out that depend on each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping


class CircularError(ValueError):
    """Fields that wait for each other; `names` goes round once and ends where it began."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(" -> ".join(names))
        self.names = names


def in_order(needs: Mapping[str, Collection[str]]) -> list[str]:
    """The names so that each comes after those it needs. Raises CircularError.

    Names that nobody declares are left out: they need nothing.
    """
    done: dict[str, bool] = {}  # False: under way
    found: list[str] = []
    for start in needs:
        path = [(start, iter(sorted(needs[start])))] if start not in done else []
        done.setdefault(start, False)
        while path:
            name, waiting = path[-1]
            following = next(waiting, None)
            if following is None:
                done[name] = True
                found.append(name)
                path.pop()
            elif following in needs and not done.get(following):
                if following in done:
                    names = [one for one, _waiting in path]
                    raise CircularError((*names[names.index(following) :], following))
                done[following] = False
                path.append((following, iter(sorted(needs[following]))))
    return found
