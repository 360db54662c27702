from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0002_phone_alerts"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="orderhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="order_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="orderlinehistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="orderline_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="ordernotehistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="ordernote_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="phonealerthistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="phonealert_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="shipmenthistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="shipment_by_who",
            ),
        ),
    ]
