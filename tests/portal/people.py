"""Run as a program: puts somebody of each kind, and an order, into the database of the environment,
and prints how they sign in.
"""

import json
import sys


def main() -> None:
    import django  # noqa: PLC0415 - the models can be loaded only after the set-up

    django.setup()
    from organisations.models import Organisation  # noqa: PLC0415
    from organisations.roles import Role  # noqa: PLC0415
    from tests import builders  # noqa: PLC0415

    clinic = Organisation.objects.get()
    order = builders.order(chosen=clinic)
    made = {
        "manager": builders.user(Role.CLINIC_MANAGER, owner=clinic.account).email,
        "administrator": builders.user(Role.ADMINISTRATOR).email,
        "password": builders.PASSWORD,
        "order": str(order.public_id),
        "order_number": order.pk,
    }
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main()
