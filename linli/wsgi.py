"""What the web server calls."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")

_pages = get_wsgi_application()

from linli.api.without_middleware import dispatch  # noqa: E402 - Django must be set up first
from linli.warming import warm  # noqa: E402

application = dispatch(_pages)
warm()
