import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        # Not needed by these tables: migrating other packages while few models are known
        # makes a first `migrate` several times faster.
        ("procrastinate", "0041_post_retry_failed_job"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("patient_id", models.BigIntegerField()),
                ("order_id", models.BigIntegerField(null=True)),
                ("what", models.CharField(max_length=64)),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("staff", "Staff pages"),
                            ("admin", "Admin"),
                            ("v1", "API v1"),
                            ("v3", "API v3"),
                            ("referral", "Referral"),
                            ("system", "Homeward"),
                        ],
                        max_length=16,
                    ),
                ),
                ("actor", models.CharField(max_length=255)),
                ("user_id", models.BigIntegerField(null=True)),
                ("client_id", models.BigIntegerField(null=True)),
                ("key_id", models.BigIntegerField(null=True)),
                ("ip_address", models.GenericIPAddressField(null=True)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("shown_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name_plural": "access entries",
                "indexes": [
                    models.Index(fields=["patient_id", "-id"], name="access_by_patient"),
                    models.Index(fields=["user_id", "-id"], name="access_by_user"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accessentry",
            trigger=pgtrigger.compiler.Trigger(
                name="entries_are_only_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a2588dd3a644ed15d4a0c5250cf111a0777cdb21",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_entries_are_only_added_c2cc7",
                    table="foundation_accessentry",
                    when="BEFORE",
                ),
            ),
        ),
    ]
