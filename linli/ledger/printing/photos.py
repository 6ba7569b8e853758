"""The files of a matter on paper: photos six to a page, anything else in a list.

What is printed is a look at them, which whoever prints has logged (see desk/printing.py).
"""

from __future__ import annotations

import base64
import io
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from PIL import Image

from linli.ledger.declaration.kinds import moment_text
from linli.ledger.files import reading
from linli.ledger.files.models import Attachment

_EDGE: Final = 1100  # pixels of the longer edge: 85 mm at 300 dots to the inch
_SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}">'
    '<image width="{w}" height="{h}" href="data:image/jpeg;base64,{data}"/></svg>'
)


def on_paper(entry: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """(what the template is told of the files, the photos as pictures by name)."""
    files = reading.of_entry(entry)
    if not files:
        return {"photos": [], "others": []}, {}
    rows = {row.id: row for row in Attachment.objects.filter(id__in=[one.id for one in files])}
    photos: list[dict[str, str]] = []
    others: list[list[str]] = []
    pictures: dict[str, str] = {}
    for file in files:
        drawn = _drawn(rows[file.id]) if file.is_photo and not file.gone else ""
        if drawn:
            name = f"photo{len(photos)}"
            pictures[name] = drawn
            photos.append({"picture": name, "said": _said(file)})
        else:
            others.append([file.name, str(file.media.title), moment_text(file.added_at)])
    return {"photos": photos, "others": others}, pictures


def _said(file: reading.Shown) -> str:
    return f"{file.name} · {moment_text(file.added_at)}"


def _drawn(row: Attachment) -> str:
    """A photo in the size of paper, inside an SVG; "" where the content is gone.

    It is opened here and not in a process apart: it was made by ourselves, and is sealed as such.
    """
    try:
        image = Image.open(io.BytesIO(reading.whole(row))).convert("RGB")
    except reading.ContentGone:
        return ""
    image.thumbnail((_EDGE, _EDGE))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    data = base64.b64encode(out.getvalue()).decode()
    return _SVG.format(w=image.width, h=image.height, data=data)


def words(with_photos: bool) -> dict[str, str]:
    """The words of this part of the form; below, that photos are not masked."""
    said = {
        "photos": _("Photos"),
        "files": _("Files"),
        "file": _("File name"),
        "kind": _("Kind of file"),
        "added": _("Added on"),
    }
    return (
        {**said, "masked": _("Personal details are masked, photos are not")}
        if with_photos
        else said
    )
