"""The feed: an account's events in one order that never changes, so that whoever was away for a
week reads on where they stopped.

Ids will not do: of two transactions the one that drew the smaller id may commit last, and a reader
who has passed it would never see its event. So events get their place from the reader, once they
are committed; whoever gives places has the account's feed locked.
"""

from django.db import connection, transaction

from webhooks.models import Feed, WebhookEvent

# More than this in one go would keep other readers waiting.
NUMBERED_AT_ONCE = 5000

NUMBER = """
WITH new AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT id FROM webhooks_webhookevent WHERE account_id = %(account)s AND position IS NULL
          ORDER BY id LIMIT %(limit)s) AS next),
numbered AS (
    UPDATE webhooks_webhookevent AS event SET position = %(last)s + new.place
    FROM new WHERE event.id = new.id
    RETURNING 1)
UPDATE webhooks_feed SET last_position = %(last)s + (SELECT count(*) FROM numbered)
WHERE account_id = %(account)s
"""


def read_feed(
    account_id: int, *, after: int, kinds: list[str], studies_only: bool, size: int
) -> list[WebhookEvent]:
    """The next events of these kinds after this position, in their order."""
    number_new_events(account_id)
    events = WebhookEvent.objects.filter(
        account_id=account_id, position__gt=after, kinds__overlap=kinds
    )
    if studies_only:
        events = events.filter(is_of_a_study=True)
    return list(events.order_by("position")[:size])


@transaction.atomic
def number_new_events(account_id: int) -> None:
    """Give every event that is committed by now its place, after all that have one."""
    if not WebhookEvent.objects.filter(account_id=account_id, position=None).exists():
        return
    Feed.objects.bulk_create([Feed(account_id=account_id)], ignore_conflicts=True)
    feed = Feed.objects.select_for_update().get(account_id=account_id)
    values = {"account": account_id, "last": feed.last_position, "limit": NUMBERED_AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, values)
