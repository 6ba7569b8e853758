"""The row of a file; its content lies sealed under LINLI_HOME/files."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models

ERASED: Final = "file_erased"  # the action of the step that says a content is gone


class Attachment(models.Model):
    """A photo, scan or recording 附件. Its content lies on the disk under the random name `stored`,
    sealed by a key that is itself sealed in `box` together with the file's name.

    Until it is bound (`entry` is empty) it belongs to who sent it, or, sent by a resident, to the
    matter `meant_for` that their form will become; unbound it is removed after `kept_until`.
    `ended` by a step: it is no longer shown, but kept as long as the matter. `erased_at`: its
    content is gone for good. Digests are of the cleaned content, salted (see `digest_of`).
    """

    id = models.UUIDField(primary_key=True)
    district = models.UUIDField()
    room = models.UUIDField()
    entry = models.UUIDField(null=True)
    step = models.UUIDField(null=True)
    meant_for = models.UUIDField(null=True)
    field = models.CharField(max_length=60, default="")
    media = models.CharField(max_length=40)
    size = models.IntegerField()
    salt = models.BinaryField()
    digest = models.BinaryField()
    stored = models.CharField(max_length=32)
    thumbnail = models.CharField(max_length=40, default="")
    key_id = models.CharField(max_length=60)
    wrapped = models.BinaryField()
    box = models.BinaryField()
    added_by = models.UUIDField(null=True)
    added_at = models.DateTimeField()
    kept_until = models.DateTimeField(null=True)
    scan = models.CharField(max_length=10)
    ended = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(
            (
                "id", "district", "room", "entry", "step", "meant_for", "field", "media", "size",
                "salt", "digest", "stored", "thumbnail", "key_id", "wrapped", "added_by",
                "added_at", "kept_until", "scan", "ended", "erased_at",
            ),
            "internal",
        ),
        "box": "personal",
    }  # fmt: skip

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stored"], name="attachment_stored_once")]
        indexes = [
            models.Index(
                fields=["entry"],
                condition=models.Q(entry__isnull=False),
                name="attachment_entry",
            ),
            models.Index(
                fields=["kept_until"],
                condition=models.Q(entry__isnull=True),
                name="attachment_unbound",
            ),
            models.Index(
                fields=["key_id", "added_at"],
                condition=models.Q(erased_at__isnull=True),
                name="attachment_to_forget",
            ),
        ]
