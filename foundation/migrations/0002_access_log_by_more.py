from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("foundation", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="accessentry",
            options={"verbose_name_plural": "access log"},
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(
                condition=models.Q(("order_id__isnull", False)),
                fields=["order_id", "-id"],
                name="access_by_order",
            ),
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(
                condition=models.Q(("client_id__isnull", False)),
                fields=["client_id", "-id"],
                name="access_by_client",
            ),
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(
                condition=models.Q(("key_id__isnull", False)),
                fields=["key_id", "-id"],
                name="access_by_key",
            ),
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(fields=["shown_at"], name="access_by_time"),
        ),
    ]
