"""What a load balancer or supervisor asks: is the process alive, and can it do its work?"""

import asyncio
import dataclasses
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from health_check.base import HealthCheck
from health_check.checks import Database
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView

from portal import working
from webhooks import health as webhooks

RETRY_SECONDS = 5


@csrf_exempt  # so that another method is told from a forged form
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; nothing else is asked, so that an outage of the database does
    not restart it.
    """
    return JsonResponse({"status": "ok"})


@dataclasses.dataclass
class Migrations(HealthCheck):
    """Whether every migration this program brings has been applied."""

    def run(self) -> None:
        with connection.temporary_connection():
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise ServiceUnavailable("There are migrations to apply.")


def how_work_goes() -> dict[str, dict[str, int]]:
    """Counts and seconds: how far behind the worker and the notifications are. A slow receiver does
    not make the program unready.
    """
    load, backlog = working.load(), webhooks.backlog()
    return {
        "jobs": {
            "due": load.due,
            "oldest_due_seconds": working.seconds_since(load.oldest_due_at),
            "failed": load.failed,
        },
        "webhooks": {
            "due": backlog.due,
            "oldest_due_seconds": working.seconds_since(backlog.oldest_due_at),
            "failing_endpoints": backlog.failing_endpoints,
            "paused_endpoints": backlog.paused_endpoints,
        },
    }


@method_decorator(csrf_exempt, name="dispatch")
class Ready(HealthCheckView):
    """200 when requests can be answered, else 503; a check is told by name only, since anybody may
    ask.
    """

    checks = (Database, Migrations)

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        results = await asyncio.gather(*(check.get_result() for check in self.get_checks()))
        failed = [type(result.check).__name__.lower() for result in results if result.error]
        if not failed:
            return JsonResponse({"status": "ok", **await sync_to_async(how_work_goes)()})
        return JsonResponse(
            {"status": "unavailable", "failed": failed},
            status=503,
            headers={"Retry-After": RETRY_SECONDS},
        )
