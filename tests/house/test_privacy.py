"""Every field of every model of ours says how private it is."""

import pytest
from django.apps import apps

CLASSES = {"public", "internal", "personal", "sensitive"}
OURS = [model for model in apps.get_models() if model.__module__.startswith("linli.")]


def test_there_are_models() -> None:
    assert len(OURS) > 15


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_is_classed(model) -> None:
    classed = getattr(model, "privacy", None)
    assert classed is not None, f"{model._meta.label} has no `privacy`"
    assert set(classed) == {field.name for field in model._meta.concrete_fields}
    assert set(classed.values()) <= CLASSES
