"""A log of the calls that programs make."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0002_calls_and_answers"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("client_id", models.BigIntegerField(null=True)),
                ("key_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(max_length=255)),
                ("status", models.PositiveSmallIntegerField()),
                ("code", models.CharField(blank=True, max_length=64)),
                ("duration_ms", models.PositiveIntegerField()),
                ("request_id", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "API call",
                "indexes": [
                    models.Index(fields=["account_id", "-id"], name="calls_by_account"),
                    models.Index(fields=["account_id", "request_id"], name="calls_by_request"),
                ],
            },
        ),
    ]
