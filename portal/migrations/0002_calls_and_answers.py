"""The edge of the API: token buckets, in a table without write-ahead log because they are written
with every call and may be lost in a crash, and answers kept for a repeated Idempotency-Key.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_cache_table")]
    operations = [
        migrations.CreateModel(
            name="CallBucket",
            fields=[
                (
                    "caller",
                    models.CharField(max_length=128, primary_key=True, serialize=False),
                ),
                ("full_at", models.DateTimeField(db_index=True)),
                (
                    "wait_seconds",
                    models.FloatField(help_text="What the last call had to wait; 0: it passed."),
                ),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE portal_callbucket SET UNLOGGED",
            "ALTER TABLE portal_callbucket SET LOGGED",
        ),
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("caller", models.CharField(max_length=32)),
                ("key_sha256", models.CharField(max_length=64)),
                ("request_sha256", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("headers", models.JSONField()),
                ("body", models.TextField()),
                ("stored_at", models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("caller", "key_sha256"), name="idempotency_key_has_one_answer"
                    )
                ],
            },
        ),
    ]
