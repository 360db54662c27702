"""A clinic, and somebody who works there."""

import pytest

from organisations.models import Organisation
from organisations.sensors import Sensor
from tests import builders
from tests.staff.desk import Desk, desk


@pytest.fixture
def clinic(db: None) -> Organisation:
    """The only organisation of its account."""
    return builders.organisation(default_nights=2, default_sensors=[Sensor.NECK])


@pytest.fixture
def staff(clinic: Organisation) -> Desk:
    return desk(clinic)
