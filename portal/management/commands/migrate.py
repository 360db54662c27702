"""`migrate`, as the owner of the tables; afterwards the program's role may work with them."""

from typing import Any

from django.core.management.commands import migrate

from portal.roles import as_owner, current_role, let_work


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        program = current_role()
        with as_owner():
            super().handle(*args, **options)
            if not options["plan"] and current_role() != program:
                let_work(program)
