"""`/v1/studies`: contracts/v1.md sections 2.3 and 2.4; acceptance line 1."""

from typing import Any

import pytest

from organisations.models import Organisation
from organisations.roles import Scope
from organisations.sensors import EmitOn, Sensor
from patients.models import Patient
from studies.models import Channel, Study
from tests import builders
from tests.api.calls import Program, changed, example, faults, order_body, study_body
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused
from tests.api.v1 import episodes
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db

HERE = "/data/attributes"
CANCEL = {"status": "cancelled"}


@pytest.fixture
def program(clinic: Organisation) -> Program:
    return a_program(clinic.account, Scope.STUDIES)


@pytest.fixture
def reader(clinic: Organisation) -> Program:
    """May read activation codes again."""
    return a_program(clinic.account, Scope.STUDIES, Scope.READ_CODES)


def create(program: Program, body: Any, **headers: str) -> Any:
    return program.call("POST", "/v1/studies", body, **headers)


def patch(program: Program, reference: str, attributes: Any) -> Any:
    body = {"data": {"type": "study", "attributes": attributes}}
    return program.call("PATCH", f"/v1/studies/{reference}", body)


# Creating


def test_1_the_documented_study_is_created_and_answered_as_documented(
    clinic: Organisation, program: Program
):
    answer = create(program, study_body(clinic))

    assert (answer.status_code, answer["Content-Type"]) == (201, "application/json")
    document = answer.json()
    study = Study.objects.get()
    expected = example("study-created")
    expected["data"]["id"] = str(study.public_id)
    expected["data"]["attributes"] |= {
        "createdAt": document["data"]["attributes"]["createdAt"],
        "activationCode": study.shown_code,
    }
    assert document == expected
    assert answer["Location"] == document["data"]["links"]["self"]


def test_the_study_is_kept_as_it_was_sent(clinic: Organisation, program: Program):
    create(program, study_body(clinic))

    study = Study.objects.select_related("patient").get()
    assert (study.reference, study.channel) == ("STU-1", Channel.IN_HOUSE)
    assert (study.organisation_id, study.nights) == (clinic.pk, 2)
    assert study.sensors == [Sensor.NECK, Sensor.OXIMETER]
    assert study.patient.reference == "PAT-78"
    assert str(study.patient.date_of_birth) == "1980-02-29"
    assert study.patient.full_name == "PAT-78"  # until somebody gives the name


def test_nights_and_sensors_may_stand_directly_among_the_attributes(
    clinic: Organisation, program: Program
):
    body = changed(study_body(clinic, nights=3, sensors=["neck_sensor"]), "study", ...)

    assert create(program, body).status_code == 201
    study = Study.objects.get()
    assert (study.nights, study.sensors) == (3, [Sensor.NECK])


def test_they_stand_in_one_of_both_places(clinic: Organisation, program: Program):
    answer = create(program, study_body(clinic, nights=3))

    assert_refused(answer, 400)
    assert faults(answer) == {("validation_failed", f"{HERE}/nights")}


def test_what_is_wrong_with_them_is_told_where_they_stand(clinic: Organisation, program: Program):
    directly = changed(study_body(clinic, sensors=["neck_sensor", "oximeter"]), "study", ...)
    clinic.account.sensors = [Sensor.NECK]
    clinic.account.save()

    inside = create(program, study_body(clinic))
    outside = create(program, directly)

    entitled = "sensor_not_entitled"
    assert faults(inside) == {(entitled, f"{HERE}/study/sensors/1")}
    assert faults(outside) == {
        (entitled, f"{HERE}/sensors/1"),
        ("nights_missing", HERE),
    }


def test_what_is_left_out_is_the_organisation_s_own(clinic: Organisation, program: Program):
    clinic.default_nights, clinic.default_sensors = 4, [Sensor.NECK]
    clinic.emit_on = EmitOn.REVIEWED
    clinic.save()

    create(program, changed(study_body(clinic), "study", ...))

    study = Study.objects.get()
    assert (study.nights, study.sensors, study.emits_on) == (4, [Sensor.NECK], EmitOn.REVIEWED)


def test_name_address_and_emit_on_are_ignored(clinic: Organisation, program: Program):
    body = study_body(clinic, emitOn="sometimes", shippingAddress=7)
    body["data"]["attributes"]["patient"] |= {"name": 1, "email": [], "mobileTelephone": {}}

    assert create(program, body).status_code == 201
    assert Study.objects.get().emits_on == EmitOn.COMPLETE


@pytest.mark.parametrize("written", ["study", "studies", "Study", "STUDIES"])
def test_the_type_may_be_plural_and_in_any_case(
    clinic: Organisation, program: Program, written: str
):
    body = study_body(clinic)
    body["data"]["type"] = written

    assert create(program, body).status_code == 201


def test_another_type_is_refused(clinic: Organisation, program: Program):
    body = study_body(clinic)
    body["data"]["type"] = "order"

    assert faults(create(program, body)) == {("invalid_document", "/data/type")}


def test_a_body_without_envelope_is_read_as_the_attributes(clinic: Organisation, program: Program):
    answer = create(program, study_body(clinic)["data"]["attributes"])

    assert (answer.status_code, answer.json()["data"]["type"]) == (201, "study")


def test_all_faults_are_told_at_once(clinic: Organisation, program: Program):
    body = study_body(clinic, reference="a/b", study={"nights": 0, "sensors": ["chest_band"]})
    body["data"]["attributes"]["patient"] = {"dob": "1980-02-30"}

    assert faults(create(program, body)) == {
        ("reference_malformed", f"{HERE}/reference"),
        ("validation_failed", f"{HERE}/study/nights"),
        ("validation_failed", f"{HERE}/study/sensors/0"),
        ("validation_failed", f"{HERE}/patient"),
        ("validation_failed", f"{HERE}/patient/dob"),
    }


def test_an_unknown_organisation_is_not_found(clinic: Organisation, program: Program):
    answer = create(program, changed(study_body(clinic), "organisation.name", "Another"))

    assert_refused(answer, 404)
    assert faults(answer) == {("organisation_not_found", f"{HERE}/organisation")}


@pytest.mark.parametrize("reference", ["HW-1", "hw-ABC", " Hw-x"])
def test_references_that_begin_like_ours_are_refused(
    clinic: Organisation, program: Program, reference: str
):
    answer = create(program, study_body(clinic, reference=reference))

    assert faults(answer) == {("reference_reserved", f"{HERE}/reference")}


def test_a_second_study_with_the_same_reference_is_a_conflict(
    clinic: Organisation, program: Program
):
    first = create(program, study_body(clinic))

    equal = create(program, study_body(clinic))
    other = create(program, changed(study_body(clinic), "study.nights", 1))

    for answer in (equal, other):
        assert_refused(answer, 409)
        assert faults(answer) == {("reference_taken", f"{HERE}/reference")}
        assert answer["Location"] == first["Location"]
        assert "activationCode" not in answer.content.decode()
    assert Study.objects.count() == 1


def test_an_order_may_have_the_same_reference(clinic: Organisation, program: Program):
    create(program, study_body(clinic, reference="SAME"))

    orders = a_program(clinic.account)

    assert orders.post(order_body(clinic, reference="SAME")).status_code == 201


def test_a_cancelled_study_keeps_its_reference(clinic: Organisation, program: Program):
    create(program, study_body(clinic))
    patch(program, "STU-1", CANCEL)

    assert create(program, study_body(clinic)).status_code == 409


def test_a_known_patient_with_another_date_of_birth_is_refused(
    clinic: Organisation, program: Program
):
    create(program, study_body(clinic))

    answer = create(
        program, changed(study_body(clinic, reference="B"), "patient.dob", "1981-03-01")
    )

    assert faults(answer) == {("patient_mismatch", f"{HERE}/patient/dob")}


def test_a_patient_of_the_register_keeps_their_name(clinic: Organisation, program: Program):
    known = builders.patient(clinic)
    body = study_body(clinic)
    body["data"]["attributes"]["patient"]["reference"] = known.reference

    create(program, body)

    known.refresh_from_db()
    assert (Patient.objects.count(), known.full_name) == (1, "Test Person")


def test_sent_again_with_its_key_the_same_code_is_answered(clinic: Organisation, program: Program):
    first = create(program, study_body(clinic), Idempotency_Key="one")
    again = create(program, study_body(clinic), Idempotency_Key="one")

    assert again["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.json(), again["Location"]) == (
        201,
        first.json(),
        first["Location"],
    )


def test_an_id_of_the_client_s_own_is_forbidden(clinic: Organisation, program: Program):
    body = study_body(clinic)
    body["data"]["id"] = "mine"

    assert_refused(create(program, body), 403)


def test_nothing_about_the_patient_is_in_any_answer(clinic: Organisation, reader: Program):
    created = create(reader, study_body(clinic))
    answers = [created, create(reader, study_body(clinic)), reader.get("/v1/studies/STU-1")]

    for answer in answers:
        for told in ("PAT-", "1980"):
            assert told not in answer.content.decode()


# Reading back


def test_1_every_status_of_a_study_is_shown_with_its_times(clinic: Organisation, program: Program):
    def seen() -> tuple[str, set[str]]:
        attributes = program.get("/v1/studies/STU-1").json()["data"]["attributes"]
        assert "activationCode" not in attributes
        return attributes["status"], {name for name in attributes if name.endswith("At")}

    study = episodes.in_house_study(clinic, nights=2)
    assert seen() == ("created", {"createdAt"})
    episodes.activated(study)
    assert seen() == ("activated", {"createdAt", "activatedAt"})
    episodes.started(study)
    assert seen() == ("in_progress", {"createdAt", "activatedAt"})
    episodes.completed(study)
    assert seen()[0] == "in_progress"
    episodes.completed(study, night=2)
    assert seen() == ("finished", {"createdAt", "activatedAt", "finishedAt"})
    episodes.reviewed(study)
    assert seen()[0] == "finished"


def test_1_a_finished_study_is_shown_as_documented(clinic: Organisation, program: Program):
    study = episodes.in_house_study(clinic)
    episodes.completed(episodes.activated(study))

    document = program.get("/v1/studies/STU-1").json()["data"]

    expected = example("study-finished")["data"]
    assert set(document["attributes"]) == set(expected["attributes"])
    assert document["attributes"]["status"] == "finished"


def test_6_under_reviewed_a_study_is_finished_only_after_the_review(
    clinic: Organisation, program: Program
):
    clinic.emit_on = EmitOn.REVIEWED
    clinic.save()
    study = episodes.in_house_study(clinic)
    episodes.completed(study)

    before = program.get("/v1/studies/STU-1").json()["data"]["attributes"]
    episodes.reviewed(study)
    after = program.get("/v1/studies/STU-1").json()["data"]["attributes"]

    assert (before["status"], "finishedAt" in before) == ("in_progress", False)
    assert (after["status"], "finishedAt" in after) == ("finished", True)


def test_the_code_is_shown_again_with_its_own_scope_only(
    clinic: Organisation, program: Program, reader: Program
):
    study = episodes.in_house_study(clinic)

    def attributes(asking: Program) -> Any:
        return asking.get("/v1/studies/STU-1").json()["data"]["attributes"]

    assert "activationCode" not in attributes(program)
    assert attributes(reader)["activationCode"] == study.shown_code


def test_that_scope_alone_opens_nothing(clinic: Organisation):
    episodes.in_house_study(clinic)

    assert_refused(a_program(clinic.account, Scope.READ_CODES).get("/v1/studies/STU-1"), 403)


def test_the_location_of_a_strange_reference_can_be_read(clinic: Organisation, program: Program):
    answer = create(program, study_body(clinic, reference=" a b%é "))

    assert answer["Location"].endswith("/v1/studies/a%20b%25%C3%A9")
    assert program.get(answer["Location"]).status_code == 200


def test_what_came_by_another_way_is_not_there(clinic: Organisation, program: Program):
    episodes.ordered_study(clinic, "ORD-1")
    episodes.referred_study(clinic, "REF-1")

    for reference in ("ORD-1", "REF-1"):
        assert_refused(program.get(f"/v1/studies/{reference}"), 404)
        assert_refused(patch(program, reference, CANCEL), 404)


def test_another_account_s_study_is_answered_as_one_that_does_not_exist(
    clinic: Organisation, program: Program
):
    stranger = a_program(builders.organisation().account, Scope.STUDIES)
    create(program, study_body(clinic))

    for path in ("/v1/studies/{}", "/v1/studies/{}/report"):
        theirs = stranger.get(path.format("STU-1")).json()["errors"][0]
        nothing = stranger.get(path.format("NOTHING")).json()["errors"][0]
        assert {**theirs, "id": ""} == {**nothing, "id": ""}
        assert theirs["code"] == "resource_not_found"
    assert_refused(patch(stranger, "STU-1", CANCEL), 404)
    assert Study.objects.get().status == "created"


# Cancelling


def test_1_cancelling_is_accepted_and_the_code_is_dead_at_once(
    clinic: Organisation, program: Program, reader: Program
):
    create(program, study_body(clinic))

    answer = program.call("PATCH", "/v1/studies/STU-1", example("cancel-study"))

    assert (answer.status_code, answer.content, "Content-Type" in answer) == (202, b"", False)
    assert not Study.objects.get().has_a_live_code
    seen = reader.get("/v1/studies/STU-1").json()["data"]["attributes"]
    assert seen["status"] == "cancelled"
    assert "cancelledAt" in seen
    assert "activationCode" not in seen


def test_cancelling_twice_is_accepted_and_told_once(clinic: Organisation, program: Program):
    create(program, study_body(clinic))

    answers = [patch(program, "STU-1", CANCEL).status_code for _ in range(2)]

    assert answers == [202, 202]
    assert WebhookEvent.objects.filter(channel=Channel.IN_HOUSE).count() == 1


def test_a_finished_study_is_not_cancelled(clinic: Organisation, program: Program):
    episodes.completed(episodes.in_house_study(clinic))

    answer = patch(program, "STU-1", CANCEL)

    assert_refused(answer, 400)
    assert faults(answer) == {("study_not_cancellable", f"{HERE}/status")}


def test_one_that_waits_for_its_review_can_be_cancelled(clinic: Organisation, program: Program):
    clinic.emit_on = EmitOn.REVIEWED
    clinic.save()
    episodes.completed(episodes.in_house_study(clinic))

    assert patch(program, "STU-1", CANCEL).status_code == 202


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ({"study": {"nights": 5}}, ("cannot_change", f"{HERE}/study/nights")),
        ({"nights": 5}, ("cannot_change", f"{HERE}/nights")),
        ({"sensors": ["neck_sensor"]}, ("cannot_change", f"{HERE}/sensors")),
        ({"reference": "OTHER"}, ("cannot_change", f"{HERE}/reference")),
        ({"patient": {"dob": "1981-01-01"}}, ("cannot_change", f"{HERE}/patient/dob")),
        ({"organisation": {"name": "X"}}, ("cannot_change", f"{HERE}/organisation/name")),
        ({"status": "finished"}, ("validation_failed", f"{HERE}/status")),
        ({"nights": "x"}, ("validation_failed", f"{HERE}/nights")),
    ],
)
def test_any_other_change_is_refused_and_then_nothing_is_done(
    clinic: Organisation, program: Program, attributes: Any, fault: tuple[str, str]
):
    create(program, study_body(clinic))

    answer = patch(program, "STU-1", {**CANCEL, **attributes})

    assert_refused(answer, 400)
    assert faults(answer) == {fault}
    assert Study.objects.get().status == "created"


def test_without_a_status_nothing_is_changed(clinic: Organisation, program: Program):
    create(program, study_body(clinic))

    for attributes in ({}, {"study": {"nights": 5}}):
        assert_refused(patch(program, "STU-1", attributes), 400)


def test_what_is_sent_as_it_is_does_no_harm(clinic: Organisation, program: Program):
    create(program, study_body(clinic))
    whole = study_body(clinic)["data"]["attributes"]

    assert patch(program, "STU-1", {**whole, "status": "Cancelled"}).status_code == 202


@pytest.mark.parametrize("which", ["reference", "id"])
def test_the_id_may_be_that_of_the_study(clinic: Organisation, program: Program, which: str):
    created = create(program, study_body(clinic)).json()["data"]
    sent = created["id"] if which == "id" else "STU-1"

    def cancelled(sent_id: str) -> Any:
        body = {"data": {"type": "study", "id": sent_id, "attributes": CANCEL}}
        return program.call("PATCH", "/v1/studies/STU-1", body)

    assert faults(cancelled("other")) == {("invalid_document", "/data/id")}
    assert cancelled(sent).status_code == 202


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/studies", "POST"),
        ("PUT", "/v1/studies/STU-1", "GET, HEAD, PATCH"),
        ("DELETE", "/v1/studies/STU-1", "GET, HEAD, PATCH"),
    ],
)
def test_other_methods_are_told_which_there_are(
    program: Program, method: str, path: str, allowed: str
):
    answer = program.call(method, path)

    assert_refused(answer, 405)
    assert answer["Allow"] == allowed
