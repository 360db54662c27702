"""What every refusal of API v1 looks like, whatever was wrong."""

from django.http import HttpResponse

from tests.api.hostile import MARK

MEMBERS = {"id", "status", "code", "title", "detail"}


def assert_refused(answer: HttpResponse, *statuses: int) -> None:
    """A JSON:API errors document with a request id, and nothing of what was sent."""
    assert answer.status_code in (statuses or range(400, 500)), answer.content[:2000]
    assert answer["Content-Type"] == "application/json"
    assert MARK.encode() not in answer.content
    document = answer.json()
    assert set(document) == {"errors", "meta"}
    assert document["meta"]["requestId"] == answer["X-Request-Id"] != ""
    assert document["errors"]
    for error in document["errors"]:
        assert MEMBERS <= set(error) <= MEMBERS | {"source", "meta"}, error
        assert all(isinstance(error[name], str) and error[name] for name in MEMBERS)
        assert len(error.get("source", "-")) == 1
    if len(document["errors"]) == 1:
        assert document["errors"][0]["status"] == str(answer.status_code)
