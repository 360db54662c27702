"""Endpoints of API v1 that are told of all that was usual are told of all that is usual now."""

from django.db import migrations

TELL = """
UPDATE webhooks_webhookendpoint
SET kinds = kinds || ARRAY(
    SELECT kind FROM unnest(
        ARRAY['study_activated', 'attempt_started', 'attempt_completed', 'finished']::varchar[]
    ) WITH ORDINALITY AS new (kind, place)
    WHERE NOT kind = ANY(kinds) ORDER BY place)
WHERE dialect = 'v1' AND removed_at IS NULL
    AND kinds @> ARRAY['sent_for_fulfilment', 'called_off']::varchar[]
"""


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0002_dialect_of_v3"),
    ]

    operations = [
        migrations.RunSQL(TELL, migrations.RunSQL.noop),
    ]
