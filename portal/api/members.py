"""Objects of requests, whatever the dialect, and what was found wrong in them."""

from collections.abc import Iterator
from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from portal.api.errors import Path

NOT_IN_A_FIELD: Final = "non_field_errors"


class Members(serializers.Serializer[Any]):
    """An object, whose unknown members are ignored."""

    default_error_messages = {
        "invalid": "This must be an object.",
        "required": "This member is required.",
        "null": "This member cannot be null.",
    }


def faults_in(errors: Any, path: Path = ()) -> Iterator[tuple[Path, ErrorDetail]]:
    """Every fault with its path, out of the framework's nested dictionaries and lists."""
    if isinstance(errors, list):
        for place, inner in enumerate(errors):
            if isinstance(inner, ErrorDetail):
                yield path, inner
            else:
                yield from faults_in(inner, (*path, place))
        return
    for name, inner in errors.items():
        here = path if name == NOT_IN_A_FIELD else (*path, name)
        yield from faults_in(inner, here)
