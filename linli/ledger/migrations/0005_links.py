"""Matters that came from other matters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_words_waiting")]

    operations = [
        migrations.CreateModel(
            name="EntryLink",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("district", models.UUIDField()),
                ("room", models.UUIDField()),
                ("cause", models.UUIDField()),
                ("effect", models.UUIDField()),
                ("reason", models.CharField(max_length=40)),
                ("item", models.CharField(default="", max_length=60)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["cause"], name="link_cause"),
                    models.Index(fields=["effect"], name="link_effect"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("district", "cause", "reason", "item"), name="link_caused_once"
                    ),
                    models.UniqueConstraint(
                        fields=("district", "effect"), name="link_one_cause"
                    ),
                ],
            },
        ),
    ]
