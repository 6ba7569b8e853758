"""Is an archive whole and as it was made? Read as a stream, nothing is unpacked."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.ledger.exports.zipped import MANIFEST, SIGNATURE

_BLOCK: Final = 1 << 20
_LONGEST: Final = 256 << 20  # of a manifest: a million files


@dataclass
class Checked:
    """What was found: the manifest's own words, whose key signed it, and what is wrong."""

    about: dict[str, Any]
    key: bytes | None
    files: int = 0
    wrong: list[str] = field(default_factory=list)


def check(path: Path) -> Checked:
    """Compare every file with the manifest, and the manifest with its signature.

    Raises ValidationError where it is no archive of Linli, OSError.
    """
    try:
        with zipfile.ZipFile(path) as opened:
            return _checked(opened)
    except (zipfile.BadZipFile, NotImplementedError) as broken:
        raise ValidationError(_("This is no archive, or it is cut off."), code="zip") from broken


def _checked(opened: zipfile.ZipFile) -> Checked:
    names = opened.namelist()
    if MANIFEST not in names or opened.getinfo(MANIFEST).file_size > _LONGEST:
        raise ValidationError(_("This is no archive of Linli: it has no list."), code="manifest")
    try:
        text = opened.read(MANIFEST)
        about = json.loads(text)
        listed: dict[str, dict[str, Any]] = dict(about.pop("files"))
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as wrong:
        raise ValidationError(
            _("The list of the archive cannot be read."), code="manifest"
        ) from wrong
    found = Checked(about, None)
    _check_signature(opened, text, found)
    for name in sorted(
        {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()
    ):
        found.wrong.append(_("%s is there twice.") % name)
    for name in names:
        if name in (MANIFEST, SIGNATURE):
            continue
        if name not in listed:
            found.wrong.append(_("%s is not in the list.") % name)
        else:
            _check_member(opened, name, listed[name], found)
    for name in sorted(set(listed) - set(names)):
        found.wrong.append(_("%s is missing.") % name)
    return found


def _check_member(opened: zipfile.ZipFile, name: str, told: dict[str, Any], found: Checked) -> None:
    hashed, size = hashlib.sha256(), 0
    try:
        with opened.open(name) as member:
            while piece := member.read(_BLOCK):
                hashed.update(piece)
                size += len(piece)
                if size > told.get("size", 0):
                    break
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        found.wrong.append(_("%s is damaged.") % name)
        return
    found.files += 1
    if size != told.get("size") or hashed.hexdigest() != told.get("sha256"):
        found.wrong.append(_("%s was changed.") % name)


def _check_signature(opened: zipfile.ZipFile, text: bytes, found: Checked) -> None:
    try:
        told = json.loads(opened.read(SIGNATURE))
        key = base64.b64decode(told["public_key"])
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(told["signature"]), text)
        found.key = key
    except (KeyError, ValueError, TypeError, InvalidSignature, zipfile.BadZipFile, zlib.error):
        found.wrong.append(_("The list is not signed, or was changed after it was signed."))
