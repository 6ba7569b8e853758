"""What the row of every run has; a kind of long work adds what it needs and keeps its own table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.ground.clock import now
from linli.ground.ids import new_id


class State(models.TextChoices):
    """Where a run stands. A kind of work may call these otherwise and have more of them."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    STOPPED = "stopped", _("stopped")
    DONE = "done", _("done")


@dataclass(frozen=True, kw_only=True)
class States:
    """What a kind of work calls the states that it goes through, and the moment it ends."""

    waiting: str = State.WAITING
    running: str = State.RUNNING
    stopped: str = State.STOPPED
    done: str = State.DONE
    ended_at: str = "finished_at"

    @property
    def at_work(self) -> tuple[str, ...]:
        """Those in which somebody is expected to work on it."""
        return (self.waiting, self.running)

    @property
    def to_do(self) -> tuple[str, ...]:
        """Those from which it can be done."""
        return (self.waiting, self.running, self.stopped)


class Run(models.Model):
    """One piece of long work that somebody asked for.

    `claim` names the process at work and `progress_at` its last word: together they are the lease.
    `problem` says in words why it was stopped.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    language = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    claim = models.UUIDField(null=True)
    problem = models.TextField(default="")
    made_at = models.DateTimeField(default=now)
    progress_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id", "language", "status", "claim", "problem", "made_at", "progress_at",
            "finished_at",
        ),
        "internal",
    )  # fmt: skip

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)
