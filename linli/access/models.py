"""Keys for programs, and forms kept when a session lapsed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.ground.clock import now
from linli.ground.ids import new_id
from linli.org.models import Staff


class Token(models.Model):
    """A key with which a program acts as a member of staff; only its SHA-256 is stored."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey(
        Staff, verbose_name=_("staff"), on_delete=models.PROTECT, related_name="tokens"
    )
    name = models.CharField(_("label"), max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(_("made"), default=now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Permissions the token is held to; an empty list means all that its owner may.
    scopes = models.JSONField(_("held to"), default=list, blank=True)

    privacy: ClassVar[dict[str, str]] = {
        "id": "internal",
        "staff": "internal",
        "name": "internal",
        "digest": "sensitive",
        "created_at": "internal",
        "expires_at": "internal",
        "ended_at": "internal",
        "scopes": "internal",
    }

    class Meta:
        verbose_name = _("token")

    def __str__(self) -> str:
        return self.name


class ParkedForm(models.Model):
    """What was typed into a form whose session had lapsed, sealed, for an hour."""

    id = models.CharField(primary_key=True, max_length=32, editable=False)
    path = models.CharField(max_length=400)
    # Who it was, where the lapsed session still said so; then nobody else gets it back.
    staff = models.ForeignKey(Staff, null=True, on_delete=models.CASCADE, related_name="+")
    blob = models.BinaryField()
    at = models.DateTimeField(default=now)
    expires = models.DateTimeField(db_index=True)

    privacy: ClassVar[dict[str, str]] = {
        "id": "internal",
        "path": "internal",
        "staff": "internal",
        "blob": "sensitive",
        "at": "internal",
        "expires": "internal",
    }

    class Meta:
        verbose_name = _("parked form")

    def __str__(self) -> str:
        return self.path
