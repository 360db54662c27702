"""Keys that open a dialect: found by what stands before the point, opened by what stands behind."""

import re
from typing import Final

from django.http import HttpRequest

from foundation.rows import the_one
from organisations.models import ApiKey, KeyPurpose
from portal.api import call_log

KEY: Final = re.compile(r"(hw[3g]_[0-9a-f]{8})\.([A-Za-z0-9_-]{43})", re.ASCII)


def key_opened_by(sent: str, request: HttpRequest, *, purpose: KeyPurpose) -> ApiKey | None:
    """The key, if it is for this purpose and may still be used, and from here on the call is its
    own. It is looked up with every call, so switching off works at once; a try with a key that is
    off is in its owner's log all the same.
    """
    found = KEY.fullmatch(sent)
    keys = ApiKey.objects.select_related("account").filter(purpose=purpose)
    key: ApiKey | None = the_one(keys.filter(prefix=found[1])) if found else None
    which = key.which_secret(found[2]) if found and key else None
    if key is None or which is None:
        return None
    if not key.is_usable():
        call_log.know_caller(request, key)
        return None
    call_log.know_caller(request, key, used=("last_used_at", which.used_at))
    return key
