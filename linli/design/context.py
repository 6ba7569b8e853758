"""Context of every page: who is asking, the menu, the languages, whether single keys are on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from linli.design import nav as header

KEYS_COOKIE = "linli_keys"


def _other_languages() -> list[dict[str, str]]:
    """The languages one can change to, each by the name its own readers use."""
    now = get_language()
    infos = [get_language_info(code) for code, _name in settings.LANGUAGES if code != now]
    return [{"code": info["code"], "name": info["name_local"]} for info in infos]


def nav(request: HttpRequest) -> dict[str, Any]:
    """Names for templates: `actor`, `nav`, `places`, `other_languages`, `keys_on`.

    All lazy: pages and fragments that do not show the header pay nothing for it.
    """
    return {
        "actor": getattr(request, "actor", None),
        "nav": SimpleLazyObject(lambda: header.links(request)),
        "places": SimpleLazyObject(lambda: header.places(getattr(request, "actor", None))),
        "other_languages": SimpleLazyObject(_other_languages),
        "keys_on": request.COOKIES.get(KEYS_COOKIE) != "off",
    }
