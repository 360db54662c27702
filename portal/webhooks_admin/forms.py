"""What the operator's people say about a new endpoint besides what its owner would say."""

from collections.abc import Mapping
from typing import Any, ClassVar

from organisations.admin.machine_forms import OfAccountForm
from portal.developers.webhooks.endpoint_forms import NewEndpointForm


class NewEndpointOfAccountForm(OfAccountForm, NewEndpointForm):
    missing: ClassVar[Mapping[str, str]] = {**OfAccountForm.missing, **NewEndpointForm.missing}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["account"])
