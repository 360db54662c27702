"""Run as a program: puts an organisation and an API client without limit into the database of the
environment, and prints what it takes to call.
"""

import json
import sys


def main() -> None:
    import django  # noqa: PLC0415 - the models can be loaded only after the set-up

    django.setup()
    from organisations.roles import Scope  # noqa: PLC0415
    from tests import builders  # noqa: PLC0415

    clinic = builders.organisation()
    credentials = builders.api_client(clinic.account, Scope.ORDERS, Scope.EVENTS)
    credentials.client.calls_a_minute = 0
    credentials.client.save(update_fields=["calls_a_minute"])
    seed = {
        "client_id": credentials.client.client_id,
        "secret": credentials.secret,
        "organisation": {"name": clinic.name, "reference": clinic.reference},
    }
    sys.stdout.write(json.dumps(seed))


if __name__ == "__main__":
    main()
