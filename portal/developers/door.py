"""The door of these pages: for managers who see their whole account, because programs do too."""

from collections.abc import Callable, Sequence
from functools import wraps

from django.http import HttpResponse

from foundation.actors import Permission
from foundation.errors import Forbidden
from organisations.visit import ASKS_AND_ANSWERS, Answer, Given, View, Visit, staff_page


def developers_page(
    *, methods: Sequence[str] = ASKS_AND_ANSWERS
) -> Callable[[View[Given]], Answer[Given]]:
    def guard(view: View[Given]) -> Answer[Given]:
        @wraps(view)
        def checked(visit: Visit, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            if not visit.actor.sees_all_organisations:
                raise Forbidden
            return view(visit, *args, **kwargs)

        return staff_page(Permission.MANAGE_INTEGRATIONS, methods=methods)(checked)

    return guard
