"""How the admin looks: name, colours, files. Read by the settings; see also `portal.admin`."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

PRIMARY = {
    "50": "#effaf8",
    "100": "#d9f1ed",
    "200": "#b5e3dc",
    "300": "#84cdc3",
    "400": "#58b8ac",
    "500": "#3ba194",
    "600": "#0f6f68",
    "700": "#0d5c57",
    "800": "#0b4946",
    "900": "#083f3c",
    "950": "#052726",
}
# A shade stronger than the theme's own, so that small grey words can be read.
FONT = {
    "subtle-light": "var(--color-base-600)",
    "subtle-dark": "var(--color-base-300)",
    "default-light": "var(--color-base-700)",
    "default-dark": "var(--color-base-200)",
    "important-light": "var(--color-base-900)",
    "important-dark": "var(--color-base-100)",
}


def _time_out_script() -> str:
    """Asked late: what it needs cannot be loaded while the settings are."""
    from portal.sign_in import time_out  # noqa: PLC0415

    return time_out.script()


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Homeward",
    "SITE_HEADER": "Homeward",
    "SITE_SUBHEADER": "Back office",
    "SITE_ICON": lambda _: static("favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("favicon.svg")}
    ],
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _: static("forms.css"), lambda _: static("admin.css")],
    "SCRIPTS": [
        lambda _: static("once.js"),
        lambda _: static("admin.js"),
        lambda _: _time_out_script(),
    ],
    "ACCOUNT": {"navigation": [{"title": "Your account", "link": reverse_lazy("own_account")}]},
    "COLORS": {"primary": PRIMARY, "font": FONT},
    "SIDEBAR": {"navigation": "portal.admin.navigation"},
}
