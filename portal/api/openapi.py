"""How a dialect's OpenAPI document and the page that shows it are served. What stands in a document
is each dialect's own `schema`.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView, View

from portal.api.errors import Refused, edge_problem


@method_decorator(csrf_exempt, name="dispatch")  # so that a POST is told that there is none
class Document(View):
    """The document, for whoever asks: it says nothing about anybody."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            self.text(),
            content_type="application/json",
            headers={"Cache-Control": "public, max-age=300"},
        )

    def text(self) -> str:
        raise NotImplementedError

    def refuse(self, refused: Refused) -> HttpResponse:
        """As the dialect writes it."""
        raise NotImplementedError

    def http_method_not_allowed(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        return self.refuse(
            Refused(edge_problem("method_not_allowed"), headers={"Allow": "GET, HEAD"})
        )


class ReferencePage(TemplateView):
    """The page that shows a document; `document` is the name of the document's address."""

    http_method_names = ["get", "head"]
    title = ""
    document = ""
