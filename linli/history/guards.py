"""The database itself refuses to change history: triggers on both engines.

Steps are never updated or deleted; a body is deleted only when an Erasure names it; a logged read
is changed only once, when it is sealed into the chain, and deleted only after its retention.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

_APPEND_ONLY = ("history_step", "history_erasure")


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers (used by the migration, and by tests that had to take them away)."""
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    tables = (*_APPEND_ONLY, "history_stepbody", "history_readlog")
    with connection.cursor() as cursor:
        for table in tables:
            for event in ("update", "delete"):
                suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{suffix}")


_BODY_KEPT = "NOT EXISTS (SELECT 1 FROM history_erasure WHERE history_erasure.step = OLD.step)"
_READ_CHANGED = "OLD.sealed_by IS NOT NULL OR NEW.actor IS DISTINCT FROM OLD.actor OR NEW.at <> OLD.at OR NEW.kind <> OLD.kind OR NEW.entry IS DISTINCT FROM OLD.entry OR NEW.purpose <> OLD.purpose OR NEW.words <> OLD.words"


def _sqlite() -> list[str]:
    def trigger(table: str, event: str, when: str = "1") -> str:
        return (
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"WHEN {when} BEGIN SELECT RAISE(ABORT, 'history is append-only: {table}'); END"
        )

    read_changed = _READ_CHANGED.replace("IS DISTINCT FROM", "IS NOT")
    return [
        *(trigger(t, e) for t in _APPEND_ONLY for e in ("UPDATE", "DELETE")),
        trigger("history_stepbody", "UPDATE"),
        trigger("history_stepbody", "DELETE", _BODY_KEPT),
        trigger("history_readlog", "UPDATE", read_changed),
        trigger("history_readlog", "DELETE", "OLD.sealed_by IS NULL"),
    ]


def _postgresql() -> list[str]:
    def function(name: str, condition: str) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION 'history is append-only: %', TG_TABLE_NAME "
            "USING ERRCODE = 'restrict_violation'; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )

    def trigger(table: str, event: str, name: str) -> str:
        return (
            f"CREATE OR REPLACE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )

    return [
        function("history_refuse", "TRUE"),
        function("history_refuse_body", _BODY_KEPT),
        function("history_refuse_read", _READ_CHANGED),
        function("history_refuse_new_read", "OLD.sealed_by IS NULL"),
        *(trigger(t, e, "history_refuse") for t in _APPEND_ONLY for e in ("UPDATE", "DELETE")),
        trigger("history_stepbody", "UPDATE", "history_refuse"),
        trigger("history_stepbody", "DELETE", "history_refuse_body"),
        trigger("history_readlog", "UPDATE", "history_refuse_read"),
        trigger("history_readlog", "DELETE", "history_refuse_new_read"),
    ]
