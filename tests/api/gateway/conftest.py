"""A study that was ordered, and the recording side with its key."""

import pytest

from organisations.models import Organisation
from studies.models import Study
from studies.news import StudyTurn
from tests import builders
from tests.api.gateway.calls import Gateway
from tests.api.gateway.calls import gateway as a_gateway
from webhooks.models import WebhookEndpoint


@pytest.fixture
def clinic(db: None) -> Organisation:
    """It is told of everything that happens to its studies."""
    made = builders.organisation()
    builders.endpoint(made.account, "http://127.0.0.1:9/hooks")
    WebhookEndpoint.objects.update(kinds=sorted(StudyTurn.values))
    return made


@pytest.fixture
def study(clinic: Organisation) -> Study:
    """Two nights, nothing of which has happened."""
    made = builders.order(chosen=clinic).study
    assert made is not None
    return made


@pytest.fixture
def gateway(db: None) -> Gateway:
    return a_gateway()
