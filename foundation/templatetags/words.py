"""How dates, times and telephone numbers read on a page, and the number of the request."""

import datetime

import phonenumbers
import structlog
from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

register = template.Library()


@register.filter
def day(value: datetime.date | None) -> str:
    """21 November 2026; a time is first taken to the reader's time zone."""
    if value is None:
        return ""
    return dateformat.format(local(value), "j F Y")


@register.filter
def clock(value: datetime.datetime | None) -> str:
    """5:10pm."""
    if value is None:
        return ""
    return dateformat.format(local(value), "g:iA").lower()


@register.filter
def moment(value: datetime.datetime | None) -> str | SafeString:
    """21 November 2026, 5:10pm, in a <time> that machines can read as well."""
    if value is None:
        return ""
    exact = value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return format_html('<time datetime="{}">{}, {}</time>', exact, day(value), clock(value))


@register.filter
def ago(value: datetime.datetime | None) -> str:
    """just now, 5 minutes ago, 3 days ago; the exact time must stand beside it."""
    if value is None:
        return ""
    if timezone.now() - value < datetime.timedelta(minutes=1):
        return "just now"
    return f"{timesince(value, depth=1)} ago".replace("\xa0", " ")


@register.filter
def instant(value: datetime.datetime | None) -> str | SafeString:
    """21 November 2026, 5:10:05pm: a moment to the second, for logs."""
    if value is None:
        return ""
    exact = value.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
    second = dateformat.format(local(value), "j F Y, g:i:sA")
    return format_html(
        '<time datetime="{}">{}</time>', exact, f"{second[:-2]}{second[-2:].lower()}"
    )


@register.filter
def phone(e164: str, region: str = "GB") -> str:
    """As people of the region write it; numbers of other countries with the country's code."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    at_home = number.country_code == phonenumbers.country_code_for_region(region)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if at_home else style.INTERNATIONAL)


@register.simple_tag
def request_id() -> str:
    """The number under which the logs know this request, so that somebody can ask about it.

    Out of the log's own context: an error page is drawn without a request to ask.
    """
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def local(value: datetime.date) -> datetime.date:
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
