"""XLSForm's types of questions: which are offered as what, and what to write for the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Text

# Type in a workbook -> kind.
KINDS: Final[Mapping[str, str]] = {
    "text": "text",
    "string": "text",
    "integer": "integer",
    "int": "integer",
    "decimal": "decimal",
    "range": "integer",
    "date": "date",
    "datetime": "moment",
    "barcode": "text",
    "geopoint": "point",
    "location": "point",
    "gps": "point",
    "image": "files",
    "photo": "files",
    "add_image_prompt": "files",
    "audio": "files",
    "file": "files",
    "calculate": "text",
    "select_one": "choice",
    "select_multiple": "choices",
}
# Other ways to write the same, as pyxform takes them.
ALIASES: Final[Mapping[str, str]] = {
    "select1": "select_one",
    "select_one_from": "select_one",
    "select_all_that_apply": "select_multiple",
    "select_all_that_apply_from": "select_multiple",
    "begin": "begin_group",
    "dateTime": "datetime",
}
# What a phone would fill in by itself; Linli keeps who, when and where already.
KEPT_ANYWAY: Final = frozenset(
    ("start", "end", "today", "deviceid", "imei", "subscriberid", "simserial", "phonenumber",
     "username", "email", "audit", "start-geopoint", "background-audio", "caseid")
)  # fmt: skip

INSTEAD: Final[Mapping[str, Text]] = {
    "time": _("write dateTime, or text for an hour alone"),
    "geotrace": _("write geopoint for one point"),
    "geoshape": _("write geopoint for one point"),
    "video": _("write image or audio"),
    "rank": _("write select_multiple, or integer for each place"),
    "acknowledge": _("write select_one with one choice"),
    "trigger": _("write select_one with one choice"),
    "hidden": _("write calculate"),
    "select_one_from_file": _("put the choices into the sheet choices and write select_one"),
    "select_multiple_from_file": _(
        "put the choices into the sheet choices and write select_multiple"
    ),
    "select_one_external": _("put the choices into the sheet choices and write select_one"),
    "csv-external": _("put the choices into the sheet choices"),
    "xml-external": _("put the choices into the sheet choices"),
    "osm": _("write geopoint"),
    "begin_loop": _("write begin_repeat"),
    "phone": _("write text with the constraint regex(., '1[0-9]{10}')"),
    "number": _("write integer or decimal"),
    "boolean": _("write select_one with a list of yes and no"),
    "yes_no": _("write select_one with a list of yes and no"),
    "select": _("write select_one or select_multiple and the name of a list"),
    "string_multiline": _("write text with the appearance multiline"),
}
OFFERED: Final = (
    "text, note, integer, decimal, range, date, dateTime, select_one, select_multiple, calculate, "
    "geopoint, image, audio, file, begin_group, begin_repeat"
)
