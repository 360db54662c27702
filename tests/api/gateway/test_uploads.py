"""Reports: kept byte for byte when they are PDF documents of at most 10 MB, and nothing else."""

import json

import pytest
from django.http import HttpResponse

from studies.models import AttemptReport, NightAttempt, Study
from studies.recording import LARGEST_REPORT
from tests.api.gateway.calls import (
    BOUNDARY,
    PDF,
    RESULT,
    Gateway,
    all_there_is,
    assert_refused,
    multipart,
    with_report,
)

JSON_PART = json.dumps(RESULT).encode()
RESULT_HEAD, REPORT_HEAD = 'name="result"', 'name="report"'


def padded(size: int) -> bytes:
    """A PDF of so many bytes."""
    return PDF[:9] + b"x" * (size - len(PDF)) + PDF[9:]


def kept() -> bytes:
    return bytes(AttemptReport.objects.get().content)


def test_a_report_is_kept_byte_for_byte(gateway: Gateway, study: Study) -> None:
    answer = gateway.upload(study, with_report())

    assert answer.status_code == 200, answer.content
    assert kept() == PDF
    assert NightAttempt.objects.get(study=study, night=1).has_report


def test_a_report_of_10_mb_is_kept(gateway: Gateway, study: Study) -> None:
    report = padded(LARGEST_REPORT)

    assert gateway.upload(study, with_report(report)).status_code == 200
    assert kept() == report


def test_a_report_of_one_byte_more_is_too_large(gateway: Gateway, study: Study) -> None:
    answer = gateway.upload(study, with_report(padded(LARGEST_REPORT + 1)))

    assert_refused(answer, 413, "payload_too_large", "report")
    assert "10 MB" in answer.json()["errors"][0]["message"]
    assert not NightAttempt.objects.filter(study=study).exists()


def test_a_body_that_no_report_could_fill_is_too_large(gateway: Gateway, study: Study) -> None:
    answer = gateway.upload(study, with_report(padded(LARGEST_REPORT + 200_000)))

    assert_refused(answer, 413, "payload_too_large")


def test_the_result_beside_a_report_has_at_most_64_kib(gateway: Gateway, study: Study) -> None:
    answer = gateway.upload(study, with_report(more="x" * 65_536))

    assert_refused(answer, 413, "payload_too_large", "result")


def test_without_a_report_64_kib_are_the_limit(gateway: Gateway, study: Study) -> None:
    answer = gateway.complete(study, more="x" * 65_536)

    assert_refused(answer, 413, "payload_too_large")


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"hello",
        b"<html>",
        b"%PDF-1.7",
        PDF[:-8],
        b" " + PDF,
        PDF.replace(b"startxref", b"startxxxx"),
        PDF + b"x" * 2000,
        b"PK\x03\x04 startxref %%EOF",
    ],
)
def test_what_is_not_a_pdf_is_refused_whatever_it_calls_itself(
    gateway: Gateway, study: Study, report: bytes
) -> None:
    answer = gateway.upload(study, with_report(report))

    assert_refused(answer, 400, "report_not_pdf", "report")
    assert not NightAttempt.objects.filter(study=study).exists()


@pytest.mark.parametrize(
    "head",
    [
        REPORT_HEAD,
        "name=report",
        f'{REPORT_HEAD}; filename="x.html"\r\nContent-Type: text/html',
        f'{REPORT_HEAD}; filename="../../x"\r\nContent-Type: application/x-msdownload',
        f"{REPORT_HEAD}; filename*=bogus''%ff\r\nContent-Transfer-Encoding: base64",
        f"{REPORT_HEAD}\r\nX: {'y' * 5000}",
    ],
)
def test_what_a_part_says_of_its_type_is_not_believed(
    gateway: Gateway, study: Study, head: str
) -> None:
    answer = gateway.upload(study, multipart({RESULT_HEAD: JSON_PART, head: PDF}))

    assert answer.status_code == 200, answer.content
    assert kept() == PDF


def test_a_result_may_come_in_parts_without_a_report(gateway: Gateway, study: Study) -> None:
    assert gateway.upload(study, multipart({RESULT_HEAD: JSON_PART})).status_code == 200
    assert not AttemptReport.objects.exists()


def test_the_parts_may_come_in_either_order(gateway: Gateway, study: Study) -> None:
    body = multipart({REPORT_HEAD: PDF, RESULT_HEAD: JSON_PART})

    assert gateway.upload(study, body).status_code == 200
    assert kept() == PDF


BAD: dict[str, bytes] = {
    "nothing": b"",
    "no boundary": JSON_PART,
    "another boundary": multipart({RESULT_HEAD: JSON_PART}).replace(b"Test7", b"Test8"),
    "without the end": multipart({RESULT_HEAD: JSON_PART, REPORT_HEAD: PDF}, ends=False),
    "cut in the last boundary": with_report()[:-8],
    "only the end": f"--{BOUNDARY}--\r\n".encode(),
    "no head": f"--{BOUNDARY}\r\n{{}}\r\n--{BOUNDARY}--".encode(),
    "only a report": multipart({REPORT_HEAD: PDF}),
    "two results": multipart({RESULT_HEAD: JSON_PART, "name=result": JSON_PART}),
    "two reports": multipart({RESULT_HEAD: JSON_PART, REPORT_HEAD: PDF, "name=report": PDF}),
    "a part nobody knows": multipart({RESULT_HEAD: JSON_PART, 'name="rapport"': PDF}),
    "a part without a name": multipart({RESULT_HEAD: JSON_PART, 'filename="report"': PDF}),
    "a name with NUL": multipart({RESULT_HEAD: JSON_PART, 'name="report\x00"': PDF}),
    "many parts": multipart({RESULT_HEAD: JSON_PART} | {f'name="{n}"': b"" for n in range(5000)}),
    "result is no JSON": multipart({RESULT_HEAD: b"{", REPORT_HEAD: PDF}),
    "result is an array": multipart({RESULT_HEAD: b"[]", REPORT_HEAD: PDF}),
    "result is not UTF-8": multipart({RESULT_HEAD: b'{"a": "\xff"}', REPORT_HEAD: PDF}),
    "result has NUL": multipart({RESULT_HEAD: b'{"a": "\\u0000"}', REPORT_HEAD: PDF}),
    "result has a lone surrogate": multipart({RESULT_HEAD: b'{"a": "\\ud800"}'}),
    "result has NaN": multipart({RESULT_HEAD: b'{"valid": NaN}', REPORT_HEAD: PDF}),
    "result is empty": multipart({RESULT_HEAD: b"", REPORT_HEAD: PDF}),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_what_is_not_in_parts_is_refused_and_nothing_is_kept(
    gateway: Gateway, study: Study, body: bytes
) -> None:
    before = all_there_is()

    assert_refused(gateway.upload(study, body), 400)
    assert all_there_is() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary="',
        "multipart/form-data; boundary=" + "x" * 71,
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary=é",
        f"multipart/mixed; boundary={BOUNDARY}",
        "application/pdf",
        "application/x-www-form-urlencoded",
        "",
    ],
)
def test_other_types_are_unsupported(gateway: Gateway, study: Study, content_type: str) -> None:
    assert_refused(unsupported(gateway, study, content_type), 415, "unsupported_media_type")


def unsupported(gateway: Gateway, study: Study, content_type: str) -> HttpResponse:
    path = f"/studies/{study.public_id}/attempts/completed"
    return gateway.post(path, with_report(), content_type=content_type)


def test_a_compressed_body_is_unsupported(gateway: Gateway, study: Study) -> None:
    answer = gateway.post(
        f"/studies/{study.public_id}/attempts/completed",
        with_report(),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        Content_Encoding="gzip",
    )

    assert_refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["/activations", "/studies/{id}/attempts/started"])
def test_only_a_result_comes_in_parts(gateway: Gateway, study: Study, path: str) -> None:
    answer = gateway.post(
        path.format(id=study.public_id),
        with_report(),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
    )

    assert_refused(answer, 415, "unsupported_media_type")
