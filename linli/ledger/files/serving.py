"""A content as an answer over HTTP, the same for the desk and the API: parts of it, and headers with
which a browser does nothing with it but show or save it."""

from __future__ import annotations

import re
from itertools import chain
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from linli.access.actor import Actor
from linli.ledger.files import media, reading
from linli.ledger.files.models import Attachment

_PART: Final = re.compile(r"bytes=(\d*)-(\d*)")


def part_asked(header: str, size: int) -> tuple[int, int] | None:
    """From which byte to before which; None for the whole. ValueError where there is no such part."""
    found = _PART.fullmatch(header.strip())
    if not found or found[0] == "bytes=-":
        return None  # several parts, other units: the whole is an allowed answer
    if not found[1]:
        first, end = max(size - int(found[2]), 0), size
    else:
        first, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
    if first >= end:
        raise ValueError(header)
    return first, end


def answer(request: HttpRequest, actor: Actor, row: Attachment) -> HttpResponseBase:
    """The content, or the part of it that was asked for; logged as a look. Raises ContentGone."""
    try:
        part = part_asked(request.headers.get("Range", ""), row.size)
    except ValueError:
        none = HttpResponse(status=416)
        none.headers["Content-Range"] = f"bytes */{row.size}"
        return guarded(none)
    first, end = part or (0, row.size)
    name, pieces = reading.content(actor, row, first, end)
    start = next(pieces, b"")  # what does not open is found before the answer begins
    response = StreamingHttpResponse(
        chain([start], pieces), status=206 if part else 200, content_type=row.media
    )
    response.headers["Content-Length"] = str(end - first)
    response.headers["Accept-Ranges"] = "bytes"
    if part:
        response.headers["Content-Range"] = f"bytes {first}-{end - 1}/{row.size}"
    saved = row.media == media.PDF.code or "download" in request.GET
    response.headers["Content-Disposition"] = content_disposition_header(saved, name) or ""
    return guarded(response)


def guarded(response: HttpResponseBase) -> HttpResponse:
    """Nothing in it runs, nothing guesses what it is, nobody keeps it, no other site embeds it."""
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response  # type: ignore[return-value]
