"""What the settings say about signing in: never half, never quietly nothing."""

import pytest

from portal.sign_in.configuration import switch
from tests.portal.test_settings import PRODUCTION, run


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"OIDC_SERVER_URL": "https://id.example"}, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are"),
        ({"OIDC_NAME": "Test Trust"}, "OIDC_SERVER_URL and OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"),
        (
            {"OIDC_SERVER_URL": "http://x", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "x"},
            "OIDC_SERVER_URL must begin with https://",
        ),
        ({"MFA_REQUIRED_FOR_OPERATORS": "maybe"}, "MFA_REQUIRED_FOR_OPERATORS must be 1 or 0."),
    ],
)
def test_a_start_is_refused_in_one_sentence(given: dict[str, str], words: str):
    finished = run("manage.py", "check", **PRODUCTION, **given)

    assert finished.returncode == 1
    assert finished.stderr.startswith(words)
    assert finished.stderr.count("\n") == 1


ASKED = "import portal.settings; print(portal.settings.MFA_REQUIRED_FOR_OPERATORS)"


@pytest.mark.parametrize(
    ("given", "is_required"),
    [
        (PRODUCTION, "True"),
        (PRODUCTION | {"MFA_REQUIRED_FOR_OPERATORS": "0"}, "False"),
        ({"DEBUG": "1", "DATABASE_URL": PRODUCTION["DATABASE_URL"]}, "False"),
        (
            {
                "DEBUG": "1",
                "DATABASE_URL": PRODUCTION["DATABASE_URL"],
                "MFA_REQUIRED_FOR_OPERATORS": "on",
            },
            "True",
        ),
    ],
)
def test_a_second_factor_is_required_in_production_and_not_in_the_demo(
    given: dict[str, str], is_required: str
):
    assert run("-c", ASKED, **given).stdout.strip() == is_required


@pytest.mark.parametrize(
    ("text", "is_on"),
    [("", True), (" ", True), ("1", True), ("TRUE", True), ("off", False), ("No", False)],
)
def test_a_switch_understands_words(text: str, is_on: bool):
    assert switch("NAME", text, default=True) is is_on
