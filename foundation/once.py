"""Forms that make something once, however often their page is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.cache import cache

from foundation.actors import Actor
from foundation.text import crockford

A_DAY = 24 * 60 * 60
OPEN_IT_AGAIN = "Something is missing from this page. Open it again."


class OnceForm(forms.Form):
    """A part of forms that make something whose page cannot be shown twice."""

    once = forms.SlugField(
        max_length=20,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "max_length"), OPEN_IT_AGAIN),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("once", crockford(20))

    @contextmanager
    def sending(self, *, actor: Actor) -> Iterator[bool]:
        """Tells the block whether this actor sent this very page for the first time.

        When the block fails, nothing was made and the page may be sent again.
        """
        mark = f"form-sent:{actor.user_id}:{self.cleaned_data['once']}"
        is_first = cache.add(mark, 1, timeout=A_DAY)
        try:
            yield is_first
        except Exception:
            if is_first:
                cache.delete(mark)
            raise
