"""The content security policy: strict everywhere, a little looser in the admin, whose theme
evaluates expressions and sets styles, and where API references have pictures in their style sheet.
"""

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

LOOSER = {
    "/admin/": {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]},
    "/docs/": {"img-src": [SELF, "data:"]},
}


class ContentSecurityPolicy(CSPMiddleware):
    """Chosen by path, so that the admin's error pages and sign-in are covered too."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for beginning, directives in LOOSER.items():
            if request.path_info.startswith(beginning):
                parts.replace = directives
        return parts
