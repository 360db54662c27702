"""`/v1/studies`: in-house studies (contracts/v1.md sections 2.3 and 2.4), and our own extension for
reading back.
"""

from django.http import HttpResponse
from rest_framework.request import Request

from organisations.roles import Scope
from portal.api.v1 import format as wire
from portal.api.v1 import study_requests
from portal.api.v1.views import V1Endpoint, accepted, conflict, created, tidied
from studies.commands import cancel_in_house_study, create_in_house_study
from studies.errors import ReferenceTaken, StudyNotFound
from studies.models import Study, StudyQuerySet


class StudyEndpoint(V1Endpoint):
    scope = Scope.STUDIES

    @property
    def studies(self) -> StudyQuerySet:
        """Those that this caller may know of. What came by an order or a referral is shown as
        that.
        """
        return Study.objects.visible_to(self.caller.actor).in_house()

    def find(self, reference: str) -> Study:
        found = self.studies.select_related("patient", "organisation")
        study = found.filter(reference=tidied(reference, StudyNotFound)).first()
        if study is None:
            raise StudyNotFound
        return study


class Studies(StudyEndpoint):
    """`/v1/studies`"""

    def post(self, request: Request) -> HttpResponse:
        return self.answer_once(self._create)

    def _create(self) -> HttpResponse:
        sent = study_requests.read_study(self.read())
        self.fields = study_requests.fields_of(sent.attributes)
        reference = sent.attributes["reference"]
        self.leave_the_id_to_us(sent.id, reference)
        wanted = study_requests.study_wanted(sent.attributes)
        try:
            study = create_in_house_study(wanted, actor=self.caller.actor)
        except ReferenceTaken as taken:
            raise conflict(taken, there=wire.link_to(reference, of=wire.STUDIES)) from None
        return created(wire.study_document(study, with_code=True))


class OneStudy(StudyEndpoint):
    """`/v1/studies/{reference}`"""

    def get(self, request: Request, reference: str) -> HttpResponse:
        with_code = Scope.READ_CODES in self.caller.scopes
        document = wire.study_document(self.find(reference), with_code=with_code)
        return wire.answer({"data": document})

    def patch(self, request: Request, reference: str) -> HttpResponse:
        sent = study_requests.read_cancellation(self.read())
        within = wire.attributes_path(self.document)
        study = self.find(reference)
        study_requests.require_nothing_else(sent, study, within=within)
        cancel_in_house_study(study, actor=self.caller.actor)
        return accepted()
