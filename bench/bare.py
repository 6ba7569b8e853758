"""The floors that the API is measured against: a Django view that does one INSERT by the ORM and
nothing else, one that reads one row by it, one that answers `ok`. No token, no checks, no history.

    granian --interface wsgi bench.bare:application
"""

from __future__ import annotations

import json
import os
from typing import Any
from uuid import UUID

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare_settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import connection, models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from linli.ground import clock
from linli.ground.ids import new_id


class BareRow(models.Model):
    """About what one entry says, in one row of one table with one index."""

    id = models.UUIDField(primary_key=True, default=new_id)
    room = models.UUIDField()
    category = models.CharField(max_length=60)
    place = models.CharField(max_length=200)
    narrative = models.TextField()
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        app_label = "bench"
        db_table = "bench_bare"
        indexes = [models.Index(fields=["room", "received_at"], name="bare_room")]


def make_table() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(BareRow)


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    data = json.loads(request.body)["data"]
    row = BareRow.objects.create(
        room=UUID(int=1),
        category=data["category"],
        place=data["place"],
        narrative=data["narrative"],
    )
    return JsonResponse({"id": str(row.id)}, status=201)


def read(request: HttpRequest, id: UUID) -> HttpResponse:
    row = BareRow.objects.get(pk=id)
    return JsonResponse(
        {
            "id": row.id,
            "room": row.room,
            "category": row.category,
            "place": row.place,
            "narrative": row.narrative,
            "received_at": row.received_at,
        }
    )


urlpatterns: list[Any] = [
    path("hello", hello),
    path("rows", insert),
    path("rows/<uuid:id>", read),
]
