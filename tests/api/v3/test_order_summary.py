"""The summary of an order as API v3 gives it out: contracts/v3.md section 3.1."""

import logging

import pytest
from django.db import connection

from foundation.models import AccessEntry
from organisations.models import Account, Organisation
from patients.wanted import PersonName
from tests import builders
from tests.api.v3.calls import Program, assert_refused
from tests.printed import read


def test_the_summary_is_one_page_of_pdf(clinic: Organisation, program: Program):
    order = builders.order(chosen=clinic)

    answer = program.get(f"/order/summary/{order.pk}", Accept="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "no-store"
    page = read(answer.content)
    assert page.pages == 1
    assert page.codes[order.reference] == "QRCode"
    assert "Test Person" in page.words


def test_a_supplies_order_of_a_site_has_one_too(account: Account, program: Program):
    order = builders.supplies_order(account)

    page = read(program.get(f"/order/summary/{order.pk}").content)

    assert str(order.site) in page.words
    assert not AccessEntry.objects.exists()


def test_whose_summary_was_read_is_in_the_access_log(clinic: Organisation, program: Program):
    order = builders.order(chosen=clinic)

    program.get(f"/order/summary/{order.pk}")

    entry = AccessEntry.objects.get()
    assert (entry.patient_id, entry.order_id) == (order.patient_id, order.pk)
    assert (entry.what, entry.key_id) == ("API v3", program.key.pk)


def test_another_account_s_summary_is_not_there(clinic: Organisation, stranger: Program):
    order = builders.order(chosen=clinic)

    theirs = stranger.get(f"/order/summary/{order.pk}")
    none = stranger.get("/order/summary/0")

    assert_refused(theirs, 404, "resource_not_found")
    assert (theirs.status_code, theirs.content) == (none.status_code, none.content)
    assert not AccessEntry.objects.exists()


def test_an_id_that_no_order_can_have_is_not_there(program: Program):
    assert_refused(program.get(f"/order/summary/{10**30}"), 404, "resource_not_found")


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_page_is_made(
    clinic: Organisation, program: Program, caplog: pytest.LogCaptureFixture
):
    """What is logged about a letter without a glyph is logged in the midst of it."""
    recipient = builders.patient_wanted(name=PersonName.split("Test 李"))
    order = builders.order(chosen=clinic, recipient=recipient)
    was_open: list[bool] = []

    def note(record: logging.LogRecord) -> bool:
        was_open.append(connection.in_atomic_block)
        return True

    caplog.handler.addFilter(note)
    program.get(f"/order/summary/{order.pk}")
    caplog.handler.removeFilter(note)

    assert was_open
    assert not any(was_open)
