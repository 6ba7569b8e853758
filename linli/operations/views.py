"""What machines ask: is it alive, is it ready, how is it doing. No personal data in any answer."""

from __future__ import annotations

import hmac
import os

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from linli.access.routes import public
from linli.ground import keyring
from linli.operations import metrics as measured

_LOOPBACK = ("127.0.0.1", "::1", "")


@public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: database, tables, keyring; 503 says which is not there."""
    state = {"database": _database(), "migrations": _migrations(), "keyring": _keyring()}
    ready = all(state.values())
    return JsonResponse({"ready": ready, **state}, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


_up_to_date = False


def _migrations() -> bool:
    """Asked until the tables were once up to date: this program's list does not change any more."""
    global _up_to_date
    if not _up_to_date:
        try:
            executor = MigrationExecutor(connection)
            _up_to_date = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
    return _up_to_date


def _keyring() -> bool:
    try:
        keyring.load(settings.HOME)
    except (keyring.KeyringMissing, keyring.KeyringUnreadable):
        return False
    return True


@public
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: to this machine itself, or with LINLI_METRICS_TOKEN; else 404."""
    if not _may_measure(request):
        raise Http404
    return HttpResponse(measured.text(), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    token = os.environ.get("LINLI_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(token.encode(), given.encode()):
        return True
    # Behind a proxy everybody comes from the loopback: a forwarded request is never the machine's.
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR", "") in _LOOPBACK and not forwarded
