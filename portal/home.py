"""The site's first page: everybody is sent to where their work is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisations.models import User


@never_cache
@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The operator's people work in the admin, clinics with their orders."""
    assert isinstance(request.user, User)
    return redirect("admin:index" if request.user.is_staff else "orders:list")
