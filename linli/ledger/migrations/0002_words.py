from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE ledger_words USING fts5(
        words, content='ledger_searchtext', content_rowid='id', tokenize="unicode61 tokenchars ':'")""",
    """CREATE TRIGGER ledger_words_insert AFTER INSERT ON ledger_searchtext BEGIN
        INSERT INTO ledger_words(rowid, words) VALUES (new.id, new.words); END""",
    """CREATE TRIGGER ledger_words_delete AFTER DELETE ON ledger_searchtext BEGIN
        INSERT INTO ledger_words(ledger_words, rowid, words) VALUES ('delete', old.id, old.words); END""",
    """CREATE TRIGGER ledger_words_update AFTER UPDATE ON ledger_searchtext BEGIN
        INSERT INTO ledger_words(ledger_words, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO ledger_words(rowid, words) VALUES (new.id, new.words); END""",
]
POSTGRESQL = [
    # fastupdate off: a search never pays for the pending list of many writers before it
    "CREATE INDEX words_gin ON ledger_searchtext USING gin (words) WITH (fastupdate = off)",
    # the planner chooses between walking time and the index by how frequent a word is
    "ALTER TABLE ledger_searchtext ALTER COLUMN words SET STATISTICS 1000",
]


def create(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
