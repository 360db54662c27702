"""What is logged and how: JSON lines in production, readable lines in the demo, one request id on
each, and no values. The texts of exceptions repeat what was typed, so they are left out.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from structlog.typing import EventDict, Processor, WrappedLogger

# These speak of the program, not of what it was given.
FAULTS_OF_THE_PROGRAM = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    NotImplementedError,
    TypeError,
)

# Whoever knows such an address is let in, so what follows these beginnings is a secret; a route,
# which has a name in its place, is none.
SECRET_IN_ADDRESS = re.compile(
    r"(/team/invitations/|/accounts/password/reset/key/)[^/\s\"'<(?][^/\s\"']*"
)


def configure(*, readable: bool) -> dict[str, Any]:
    """Set structlog up; returns Django's LOGGING."""
    processors = _processors()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_values": {"()": ArgumentsWithoutValues}},
        "formatters": {"line": _formatter(processors, readable=readable)},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["no_values"],
            }
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # The request log tells the same, with the request's id.
            "django.request": {"level": "CRITICAL"},
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
            # The deliveries tell the same, without addresses in the log.
            "httpx": {"level": "WARNING"},
            # It misses a library of pictures, which we do not draw.
            "pyBarcode": {"level": "WARNING"},
        },
    }


def _processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        exceptions_without_values,
        addresses_without_secrets,
    ]


def _formatter(processors: list[Processor], *, readable: bool) -> dict[str, Any]:
    renderer: Processor = structlog.processors.JSONRenderer()
    if readable:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": processors,
    }


class ArgumentsWithoutValues(logging.Filter):
    """Replaces exceptions among a message's arguments by their descriptions, and a message that is
    nothing but what an exception says: its kind or the logger's name tells which one.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            record.msg, record.args = "A request was turned away", None
        if isinstance(record.msg, BaseException):
            record.msg, record.args = describe(record.msg), None
        if isinstance(record.args, tuple):
            record.args = tuple(_described(argument) for argument in record.args)
        return True


def exceptions_without_values(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A structlog processor: a traceback without messages takes the place of `exc_info`."""
    error = _exception(event.pop("exc_info", None))
    event = {name: _described(value) for name, value in event.items()}
    if error:
        event["exception"] = "\n".join(_lines(error))
    return event


def addresses_without_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A structlog processor, for whatever line speaks of such an address."""
    return {
        name: SECRET_IN_ADDRESS.sub(r"\1***", value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def _exception(exc_info: Any) -> BaseException | None:
    if exc_info is True:
        return sys.exc_info()[1]
    found = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return found if isinstance(found, BaseException) else None


def _lines(error: BaseException) -> Iterator[str]:
    """Oldest exception first, as Python tells it."""
    links = [error]
    while (earlier := _earlier(links[-1])) and earlier not in links:
        links.append(earlier)
    for link in reversed(links):
        yield "".join(traceback.format_tb(link.__traceback__)) + describe(link)


def _earlier(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _described(value: Any) -> Any:
    return describe(value) if isinstance(value, BaseException) else value


def describe(error: BaseException) -> str:
    """Which exception it is, without what it says about values."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, FAULTS_OF_THE_PROGRAM):
        return f"{name}: {error}"
    if isinstance(error, DatabaseError):
        return " ".join([name, *_facts(error)])
    return name


def _facts(error: DatabaseError) -> Iterator[str]:
    """The state and the constraint, which PostgreSQL tells apart from the values."""
    cause = error.__cause__
    diagnosis = getattr(cause, "diag", None)
    for fact in (getattr(cause, "sqlstate", None), getattr(diagnosis, "constraint_name", None)):
        if fact:
            yield str(fact)
