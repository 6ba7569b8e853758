"""Every route declares who may open it."""

from linli.access.routes import walk


def test_every_route_declares_its_access() -> None:
    routes = list(walk())
    assert len(routes) > 10
    undeclared = [
        f"{pattern} ({name})" for pattern, name, _view, access in routes if access is None
    ]
    assert undeclared == []


def test_routes_have_names_and_no_name_twice() -> None:
    names = [name for _pattern, name, _view, _access in walk() if name]
    assert sorted(names) == sorted(set(names))
