from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="accounthistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="account_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="apiclienthistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="apiclient_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="apikeyhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="apikey_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="clinicianhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="clinician_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="membershiphistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="membership_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="membershiporganisationhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="membershiporganisation_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="organisationhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="organisation_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="producthistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="product_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="sitehistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="site_by_who",
            ),
        ),
        migrations.AddIndex(
            model_name="userhistory",
            index=models.Index(
                KeyTextTransform("who", "pgh_context"),
                models.F("pgh_created_at"),
                name="user_by_who",
            ),
        ),
    ]
