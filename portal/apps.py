from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "portal"
    default = True
    default_auto_field = "django.db.models.BigAutoField"


class HomewardAdminConfig(AdminConfig):
    """Django's admin with our site in it."""

    default_site = "portal.admin_site.HomewardSite"
