"""Every dialect that tells of events: where the engine of `webhooks` gets its words from."""

from typing import Final

from portal.api.v1.events import V1Wording
from portal.api.v3.events import WORDING
from webhooks.models import Dialect
from webhooks.wording import Wordings

WORDINGS: Final[Wordings] = {Dialect.V1: V1Wording(), Dialect.V3: WORDING}
