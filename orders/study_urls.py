"""The addresses of the staff pages about studies. Ids in them are public ones."""

from django.urls import path

from orders.views import studies, studies_new, study, study_changes

app_name = "studies"

STUDY = "<uuid:study_id>/"

urlpatterns = [
    path("", studies.study_list, name="list"),
    path("new/", studies_new.choose_patient, name="new"),
    path("new/somebody/", studies_new.for_somebody, name="new_for_somebody"),
    path("new/<uuid:patient_id>/", studies_new.for_known, name="new_for"),
    path(STUDY, study.study_page, name="study"),
    path(f"{STUDY}hand-over/", study.hand_over, name="hand_over"),
    path(f"{STUDY}unlock/", study_changes.unlock, name="unlock"),
    path(f"{STUDY}cancel/", study_changes.cancel, name="cancel"),
    path(f"{STUDY}nights/<int:night>/<int:number>/report/", study.report, name="report"),
]
