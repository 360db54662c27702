"""What somebody searches for stays out of the address: it is sent by a form, kept in the session,
and the address only holds a random word for it (docs/decisions/0030-search-in-the-admin.md).
"""

from typing import Final

from django.http import HttpRequest

from foundation.errors import Invalid
from foundation.fields import tidy_line
from foundation.text import crockford, has_unprintable

SEARCH: Final = "search"
KEPT_IN: Final = "searches"
KEPT_AT_MOST: Final = 20
LONGEST_SEARCH: Final = 200


class NotSearchable(Invalid):
    code = "not_searchable"
    message = "That cannot be searched for. Type a name or a reference."


def keep_search(request: HttpRequest) -> str:
    """Remember the text that was sent and return its word; empty when nothing was typed.

    Raises NotSearchable. The last twenty searches of a session are kept.
    """
    text = tidy_line(request.POST.get(SEARCH, ""))
    if has_unprintable(text) or len(text) > LONGEST_SEARCH:
        raise NotSearchable(field=SEARCH)
    if not text:
        return ""
    word = crockford(10)
    kept = list(request.session.get(KEPT_IN, {}).items())
    request.session[KEPT_IN] = dict([*kept[1 - KEPT_AT_MOST :], (word, text)])
    return word


def kept_search(request: HttpRequest) -> str:
    """The text that the address points at; empty when there is none or another session's."""
    word = request.GET.get(SEARCH)
    return str(request.session.get(KEPT_IN, {}).get(word, "")) if word else ""
