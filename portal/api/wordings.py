"""Every dialect that tells of events: where the engine of `webhooks` gets its words from."""

from typing import Final

from portal.api.v1.events import V1Wording
from webhooks.models import Dialect
from webhooks.wording import Wordings

WORDINGS: Final[Wordings] = {Dialect.V1: V1Wording()}
