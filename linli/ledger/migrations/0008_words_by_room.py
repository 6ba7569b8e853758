"""The index of words also holds the room and the month of an entry (see word_query.py).

It is made beside the old one while work goes on, and only then the old one is taken away. It is not
made in a transaction; stopped in the middle, the migration is simply run again.
"""

from django.db import migrations

INDEXED = (
    "(words || ARRAY['r:' || room, 'm:' || (extract(year from received_at AT TIME ZONE 'UTC') * 12"
    " + extract(month from received_at AT TIME ZONE 'UTC'))]) COLLATE \"C\""
)
# Words are compared byte by byte, and a megabyte of them waits to be entered together: an import
# spends 84 instead of 145 millionths of a second a row here, a search reads the megabyte at most.
WAITING = "WITH (fastupdate = on, gin_pending_list_limit = 1024)"
FORWARDS = [
    "DROP INDEX CONCURRENTLY IF EXISTS words_by_room",
    f"CREATE INDEX CONCURRENTLY words_by_room ON ledger_searchtext USING gin ({INDEXED}) {WAITING}",
    "DROP INDEX CONCURRENTLY IF EXISTS words_gin",
    # The planner is not asked how frequent a word is: to know it cost every ANALYZE half a minute.
    "ALTER TABLE ledger_searchtext ALTER COLUMN words SET STATISTICS 0",
    "ALTER INDEX words_by_room ALTER COLUMN 1 SET STATISTICS 0",
]
# As it was before.
WAITED = "WITH (fastupdate = on, gin_pending_list_limit = 256)"
BACKWARDS = [
    "DROP INDEX CONCURRENTLY IF EXISTS words_gin",
    f"CREATE INDEX CONCURRENTLY words_gin ON ledger_searchtext USING gin (words) {WAITED}",
    "DROP INDEX CONCURRENTLY IF EXISTS words_by_room",
    "ALTER TABLE ledger_searchtext ALTER COLUMN words SET STATISTICS 1000",
]


def on_postgresql(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor != "postgresql":
            return
        # A restore migrates inside its own transaction, over tables that are still empty.
        inside = schema_editor.connection.in_atomic_block
        for statement in statements:
            one = statement.replace(" CONCURRENTLY", "") if inside else statement
            schema_editor.execute(one, params=None)

    return run


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0007_own_ledgers")]
    operations = [migrations.RunPython(on_postgresql(FORWARDS), on_postgresql(BACKWARDS))]
