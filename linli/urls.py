"""All addresses. Each face brings its own; every route declares its access."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

urlpatterns: list[URLPattern | URLResolver] = [path("language/", set_language, name="set_language")]
urlpatterns += [
    path("", include(name))
    for name in (
        "linli.access.urls",
        "linli.api.urls",
        "linli.publicsite.urls",
        "linli.operations.urls",
        "linli.desk.urls",
    )
    if find_spec(name.rsplit(".", 1)[0]) and find_spec(name)
]
