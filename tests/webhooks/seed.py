"""Run as a program, with a number and addresses: an account for each address, which is told of so
many orders that were sent for fulfilment just now.
"""

import sys


def main() -> None:
    import django  # noqa: PLC0415 - the models can be loaded only after the set-up

    django.setup()
    from orders.statuses import Status  # noqa: PLC0415
    from tests import builders  # noqa: PLC0415

    builders.count_from(10_000)
    clinics = []
    for address in sys.argv[2:]:
        clinic = builders.organisation()
        builders.endpoint(clinic.account, address)
        clinics.append((clinic, builders.staff(owner=clinic.account)))
    for _ in range(int(sys.argv[1])):
        for clinic, orderer in clinics:
            builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, actor=orderer)


if __name__ == "__main__":
    main()
