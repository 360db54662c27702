"""How programs read on the pages: their state, their secrets, what they may do; and answers."""

from http import HTTPStatus
from typing import Any, Final

from django.utils import timezone

from foundation.templatetags.words import clock, day, moment
from organisations.integrations import Overlap
from organisations.models import ApiClient, ApiKey
from organisations.program_forms import last_day
from organisations.roles import Scope
from portal.developers.kinds import AnyProgram, kind_of

Row = dict[str, Any]
NEVER: Final = "Not yet"
SOON: Final = Overlap.A_WEEK.length


def state_of(program: AnyProgram) -> dict[str, str]:
    """For `parts/status.html`."""
    if not program.is_active:
        return {"tone": "calm", "words": "Switched off"}
    if program.has_expired:
        return {"tone": "bad", "words": "Expired"}
    if program.expires_at is not None and program.expires_at - timezone.now() < SOON:
        return {"tone": "warn", "words": "Expires soon"}
    return {"tone": "good", "words": "Works"}


def line_of(program: AnyProgram) -> Row:
    """A program in a list."""
    kind = kind_of(program)
    return {
        "program": program,
        "name": kind.called(program),
        "told_by": kind.name_of(program),
        "url": kind.address(program),
        "expires": expiry(program),
        **state_of(program),
    }


def of_status(status: int) -> str:
    """404 Not Found."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def expiry(program: AnyProgram) -> Any:
    """The last day, when it ends with a day as our forms let it; else the moment."""
    end = program.expires_at
    if end is None:
        return ""
    at_midnight = timezone.localtime(end).strftime("%H:%M:%S.%f") == "00:00:00.000000"
    return f"after {day(last_day(end))}" if at_midnight else moment(end)


def facts_of(program: AnyProgram) -> list[Row]:
    """What it is and may do."""
    change = kind_of(program).address(program, "change")
    scopes = [str(scope.label) for scope in Scope if scope in program.scopes]
    return [
        {"name": "Name", "value": program.name, "change_url": change},
        _told_by(program),
        {
            "name": "What it may do",
            "lines": scopes,
            "none": "Nothing",
            "change_url": change,
        },
        {
            "name": "Stops working",
            "value": expiry(program),
            "none": "Only when you switch it off",
            "change_url": change,
            "about": "when it stops working",
        },
        {"name": "Last used", "value": moment(program.last_used_at), "none": NEVER},
        {"name": "Made", "value": moment(made_at(program))},
        {"name": "Calls a minute", "value": limit_of(program)},
    ]


def secrets_of(program: AnyProgram) -> list[Row]:
    """One line for each secret that works, newest first."""
    present = {
        "name": "Present",
        "lines": [f"Drawn {moment_text(program.secret_drawn_at)}", used(program.secret_used_at)],
    }
    if not program.older_secret_works:
        return [present]
    older = {
        "name": "Older",
        "lines": [
            f"Works until {moment_text(program.old_secret_ends_at)}",
            used(program.old_secret_used_at),
        ],
    }
    return [present, older]


def used(at: Any) -> str:
    return f"Last used {moment_text(at)}" if at else "Not used yet"


def moment_text(at: Any) -> str:
    """Without markup, within a sentence."""
    local = timezone.localtime(at)
    return f"{day(local)}, {clock(local)}"


def made_at(program: AnyProgram) -> Any:
    return program.created if isinstance(program, ApiClient) else program.created_at


def limit_of(program: AnyProgram) -> str:
    if not program.calls_a_minute:
        return "No limit"
    return f"{program.calls_a_minute:,}, and up to {program.burst:,} at once"


def _told_by(program: AnyProgram) -> Row:
    if isinstance(program, ApiKey):
        return {"name": "Begins with", "value": program.prefix}
    return {"name": "Client ID", "value": program.client_id}
