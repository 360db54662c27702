"""`/v1/{orders,studies,referrals}/{reference}/report`, an extension of ours: the PDF of the latest
valid attempt, once it was released (contracts/v1.md, House decisions, Reading back).
"""

from django.http import HttpResponse
from rest_framework.request import Request

from foundation.access import record_shown
from foundation.actors import Actor
from foundation.paper import pdf_answer
from portal.api.v1.orders import OrderEndpoint
from portal.api.v1.referrals import ReferralEndpoint
from portal.api.v1.studies import StudyEndpoint
from studies.errors import ReportNotFound
from studies.models import Study
from studies.reports import latest_report


class OrderReport(OrderEndpoint):
    """`/v1/orders/{reference}/report`"""

    def get(self, request: Request, reference: str) -> HttpResponse:
        order = self.find(reference)
        return _report_of(order.study, order_id=order.pk, actor=self.caller.actor)


class StudyReport(StudyEndpoint):
    """`/v1/studies/{reference}/report`"""

    def get(self, request: Request, reference: str) -> HttpResponse:
        return _report_of(self.find(reference), order_id=None, actor=self.caller.actor)


class ReferralReport(ReferralEndpoint):
    """`/v1/referrals/{reference}/report`"""

    def get(self, request: Request, reference: str) -> HttpResponse:
        order = self.find(reference).order
        study = order.study if order else None
        return _report_of(study, order_id=order.pk if order else None, actor=self.caller.actor)


def _report_of(study: Study | None, *, order_id: int | None, actor: Actor) -> HttpResponse:
    """The file is named by the study's number: a reference of a client's own may hold anything."""
    if study is None:
        raise ReportNotFound
    report = latest_report(study, actor=actor)
    shown = [(study.account_id, study.patient_id, order_id)]
    record_shown(shown, what="API v1 report", actor=actor)
    return pdf_answer(f"report-{study.pk}.pdf", bytes(report.content))
