"""Ordering items and kits by themselves on the staff pages, for a patient or a site."""

import pytest
from django.http import HttpResponse

from foundation.models import AccessEntry
from inventory.models import AccountCatalogue, Item, Kit, KitItem, Stock
from orders.drafts import unfinished_drafts
from orders.models import Order, OrderDraft
from orders.wanted import ShippingOption
from organisations.actors import actor_for_user
from organisations.models import Organisation, Site
from organisations.roles import Role
from patients.models import Patient
from tests import builders
from tests.staff.desk import (
    Desk,
    desk,
    desk_of_one,
    draft_of,
    page_of,
    queries_of,
    text_of,
    title_of,
)
from tests.staff.test_hostile import BAD, sent

SUPPLIES = "/orders/supplies/"


@pytest.fixture
def item(clinic: Organisation) -> Item:
    return builders.catalogue_item(clinic.account)


@pytest.fixture
def kit(clinic: Organisation, item: Item) -> Kit:
    made = Kit.objects.create(name="Starter kit")
    KitItem.objects.create(kit=made, item=item, count=2)
    AccountCatalogue.objects.create(account=clinic.account, kit=made)
    return made


@pytest.fixture
def site(clinic: Organisation) -> Site:
    return builders.site(clinic.account)


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic)


def opened(staff: Desk) -> str:
    """The address of a new draft's form."""
    answer = staff.get(SUPPLIES)
    assert answer.status_code == 302, text_of(answer)
    return answer["Location"].removesuffix("recipient/")


def to_site(staff: Desk, site: Site) -> str:
    draft = opened(staff)
    answer = staff.post(f"{draft}recipient/", {"site": site.pk, "to_site": "yes"})
    assert answer["Location"] == draft
    return draft


def to_patient(staff: Desk, patient: Patient) -> str:
    draft = opened(staff)
    answer = staff.post(f"{draft}recipient/", {"patient": patient.pk})
    assert answer["Location"] == draft
    return draft


def lines(*rows: tuple[Item | Kit, int | str], **other: str) -> dict[str, str]:
    said = {"shipping": "standard", "external_ids": "", "note": ""}
    for number in range(1, 6):
        said |= {f"what_{number}": "", f"count_{number}": ""}
    for number, (what, count) in enumerate(rows, 1):
        kind = "item" if isinstance(what, Item) else "kit"
        said |= {f"what_{number}": f"{kind}-{what.pk}", f"count_{number}": str(count)}
    return {**said, **other}


def press(staff: Desk, draft: str) -> HttpResponse:
    """The button on the page of the answers."""
    page = staff.get(f"{draft}check/")
    seen = page.content.decode().partition('name="seen" value="')[2].partition('"')[0]
    return staff.post(f"{draft}check/", {"seen": seen})


def test_supplies_are_ordered_for_a_site(staff: Desk, site: Site, item: Item, kit: Kit):
    draft = to_site(staff, site)
    said = lines(
        (item, 3), (kit, 1), shipping="overnight", external_ids="so-1\n so-2 \nso-1", note="Soon."
    )
    assert staff.post(draft, said)["Location"] == f"{draft}check/"
    page = text_of(staff.get(f"{draft}check/"))
    for shown in (site.name, f"3 × {item.name}", "1 × Starter kit", "Overnight", "so-2", "Soon."):
        assert shown in page

    answer = press(staff, draft)

    assert answer["Location"] == f"/orders/new/{draft_of(draft).public_id}/placed/"
    order = Order.objects.get()
    assert (order.site, order.patient, order.study, order.organisation) == (site, None, None, None)
    assert (order.external_ids, order.shipping_option) == (
        ["so-1", "so-2"],
        ShippingOption.OVERNIGHT,
    )
    assert (order.door, order.placed_by_user) == ("staff", staff.user)
    assert [note.text for note in order.notes.all()] == ["Soon."]
    assert list(order.lines.order_by("pk").values_list("item", "kit", "count")) == [
        (item.pk, None, 3),
        (None, kit.pk, 1),
    ]
    confirmation = text_of(staff.get(answer["Location"]))
    assert order.reference in confirmation
    assert "activation code" not in confirmation


def test_supplies_are_ordered_for_a_patient(staff: Desk, patient: Patient, item: Item):
    draft = to_patient(staff, patient)
    assert patient.full_name in text_of(staff.get(draft))
    assert staff.post(draft, lines((item, 1))).status_code == 302

    press(staff, draft)

    order = Order.objects.get()
    assert (order.patient, order.site, order.address) == (patient, None, patient.address)
    shown = AccessEntry.objects.filter(patient_id=patient.pk, user_id=staff.user.pk)
    assert {"supplies order", "order check"} <= set(shown.values_list("what", flat=True))


def test_a_patient_is_found_by_name(staff: Desk, patient: Patient, item: Item):
    draft = opened(staff)

    answer = staff.post(f"{draft}recipient/", {"name": "Person"})

    assert "1 person found" in text_of(answer)
    assert f'name="patient" value="{patient.pk}"' in answer.content.decode()
    assert AccessEntry.objects.get(patient_id=patient.pk).what == "patient search"


def test_a_patient_s_own_page_leads_to_an_order_for_them(staff: Desk, patient: Patient, item: Item):
    address = f"/patients/{patient.public_id}/supplies/"
    assert f'action="{address}"' in staff.get(f"/patients/{patient.public_id}/").content.decode()

    answer = staff.post(address)

    assert patient.full_name in text_of(staff.get(answer["Location"]))


def test_a_second_press_makes_no_second_order(staff: Desk, site: Site, item: Item):
    draft = to_site(staff, site)
    staff.post(draft, lines((item, 1)))
    page = staff.get(f"{draft}check/").content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]

    answers = [staff.post(f"{draft}check/", {"seen": seen}) for _ in range(2)]

    assert len({answer["Location"] for answer in answers}) == 1
    assert Order.objects.count() == 1


def test_too_little_stock_is_said_at_the_top_and_nothing_is_lost(
    staff: Desk, site: Site, item: Item
):
    Stock.objects.filter(item=item).update(new=2)
    draft = to_site(staff, site)
    staff.post(draft, lines((item, 3), note="Soon."))

    answer = press(staff, draft)

    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    assert "The order was not placed No fulfilment centre has all of this now." in text_of(answer)
    assert f'href="{draft}#id_what_1"' in answer.content.decode()
    assert not Order.objects.exists()
    form = staff.get(draft).content.decode()
    assert "Soon." in form
    assert 'value="3"' in form
    Stock.objects.filter(item=item).update(new=3)
    assert press(staff, draft).status_code == 302


def test_what_was_shown_is_what_is_ordered(staff: Desk, site: Site, item: Item):
    draft = to_site(staff, site)
    staff.post(draft, lines((item, 1)))
    page = staff.get(f"{draft}check/").content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    staff.post(draft, lines((item, 9)))

    answer = staff.post(f"{draft}check/", {"seen": seen})

    assert answer.status_code == 422
    assert "Your answers have changed" in text_of(answer)
    assert "9 × " in text_of(answer)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"what_1": "", "count_1": ""}, "Choose at least one item or kit."),
        ({"count_1": ""}, "Enter how many for line 1, from 1 to 999"),
        ({"count_1": "0"}, "Enter how many for line 1, from 1 to 999"),
        ({"count_1": "1000"}, "Enter how many for line 1, from 1 to 999"),
        ({"count_1": "9" * 5000}, "Enter how many for line 1, from 1 to 999"),
        ({"count_1": "a few"}, "Enter how many for line 1, from 1 to 999"),
        ({"count_2": "2"}, "Choose the item or kit of line 2, or empty its count"),
        ({"what_1": "item-0"}, "This is not on offer now. Choose something else"),
        ({"what_1": "junk"}, "This is not on offer now. Choose something else"),
        ({"shipping": ""}, "Select how fast it should go"),
        ({"shipping": "teleport"}, "How fast?"),
        ({"external_ids": "x" * 256}, "An order number must be 255 characters or fewer"),
        ({"external_ids": "\n".join(map(str, range(11)))}, "Enter at most 10 order numbers"),
        ({"note": "x" * 2001}, "2000"),
        ({"note": "a\x00b"}, "Note for the fulfilment team"),
    ],
)
def test_an_answer_that_will_not_do_is_said_beside_its_box(
    staff: Desk, site: Site, item: Item, said: dict[str, str], words: str
):
    draft = to_site(staff, site)

    answer = staff.post(draft, {**lines((item, 1)), **said})

    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    assert "There is a problem" in text_of(answer)
    assert words in text_of(answer)
    assert staff.get(f"{draft}check/")["Location"] == draft


def test_more_lines_are_added_and_what_was_typed_stays(staff: Desk, site: Site, item: Item):
    draft = to_site(staff, site)

    answer = staff.post(draft, {**lines((item, 4)), "more": "yes"})

    assert answer["Location"] == f"{draft}#id_what_6"
    page = staff.get(draft).content.decode()
    assert 'name="what_10"' in page
    assert 'name="what_11"' not in page
    assert 'value="4"' in page
    assert "There is a problem" not in page
    for _ in range(5):
        staff.post(draft, {**lines((item, 4)), "what_20": "", "more": "yes"})
    assert 'name="what_21"' not in staff.get(draft).content.decode()


def test_a_draft_is_put_aside_and_found_above_the_orders(staff: Desk, patient: Patient, item: Item):
    draft = to_patient(staff, patient)

    staff.post(draft, {**lines((item, "many")), "later": "yes"})

    page = staff.get("/orders/")
    assert "Your draft is saved" in page.content.decode()
    assert patient.full_name in text_of(page)
    kept = OrderDraft.objects.get()
    assert staff.get(f"/orders/new/{kept.public_id}/")["Location"] == draft
    assert 'value="many"' in staff.get(draft).content.decode()
    staff.post(f"/orders/new/{kept.public_id}/delete/")
    assert staff.get(draft).status_code == 404


def test_a_draft_that_was_only_opened_is_nobody_s_business(staff: Desk):
    opened(staff)

    assert not unfinished_drafts(actor_for_user(staff.user, door="staff")).exists()


def test_only_what_is_on_offer_can_be_chosen(staff: Desk, site: Site, item: Item, kit: Kit):
    others = builders.catalogue_item(builders.account())
    withdrawn = builders.catalogue_item(site.account)
    Item.objects.filter(pk=withdrawn.pk).update(orderable=False)

    page = staff.get(to_site(staff, site)).content.decode()

    offered = {"item-": item.pk, "kit-": kit.pk}
    assert all(f'value="{kind}{number}"' in page for kind, number in offered.items())
    assert not any(f'value="item-{one.pk}"' in page for one in (others, withdrawn))


def test_what_was_withdrawn_meanwhile_is_asked_for_again(staff: Desk, site: Site, item: Item):
    draft = to_site(staff, site)
    staff.post(draft, lines((item, 1)))
    Item.objects.filter(pk=item.pk).update(orderable=False)

    assert press(staff, draft)["Location"] == draft
    assert "This is not on offer now." in text_of(staff.get(draft))
    assert not Order.objects.exists()


@pytest.mark.parametrize("number", ["0", "junk", "9" * 40, "-1", ""])
def test_nobody_can_be_chosen_who_is_not_there(staff: Desk, clinic: Organisation, number: str):
    builders.site(clinic.account)
    draft = opened(staff)

    by_patient = staff.post(f"{draft}recipient/", {"patient": number})
    by_site = staff.post(f"{draft}recipient/", {"site": number, "to_site": "yes"})

    assert (by_patient.status_code, by_site.status_code) == (422, 422)
    assert staff.get(draft)["Location"] == f"{draft}recipient/"


def test_another_account_s_people_and_places_are_not_there(staff: Desk):
    other = builders.organisation()
    theirs, place = builders.patient(other), builders.site(other.account)
    draft = opened(staff)

    by_patient = staff.post(f"{draft}recipient/", {"patient": theirs.pk})
    by_site = staff.post(f"{draft}recipient/", {"site": place.pk, "to_site": "yes"})

    assert (by_patient.status_code, by_site.status_code) == (422, 422)
    assert theirs.full_name not in text_of(by_patient)
    assert place.name not in text_of(by_site)


def test_a_closed_site_takes_nothing(staff: Desk, site: Site, item: Item):
    draft = to_site(staff, site)
    staff.post(draft, lines((item, 1)))
    Site.objects.filter(pk=site.pk).update(is_active=False)

    assert staff.get(draft)["Location"] == f"{draft}recipient/"
    assert press(staff, draft)["Location"] == draft


def test_a_patient_without_an_address_is_mended_in_the_register(
    staff: Desk, clinic: Organisation, item: Item
):
    homeless = builders.patient(clinic, address=None)
    draft = to_patient(staff, homeless)
    staff.post(draft, lines((item, 1)))

    answer = press(staff, draft)

    assert answer.status_code == 422
    assert f'href="/patients/{homeless.public_id}/edit/"' in answer.content.decode()


def test_another_recipient_leaves_the_lines_as_they_are(
    staff: Desk, site: Site, patient: Patient, item: Item
):
    draft = to_patient(staff, patient)
    staff.post(draft, lines((item, 7)))

    staff.post(f"{draft}recipient/", {"site": site.pk, "to_site": "yes"})

    page = text_of(staff.get(f"{draft}check/"))
    assert site.name in page
    assert "7 × " in page
    assert patient.full_name not in page


@pytest.mark.parametrize("kind", BAD)
def test_no_answer_to_any_question_is_a_fault(
    staff: Desk, site: Site, patient: Patient, item: Item, kind: str
):
    draft = to_site(staff, site)
    by_name = {"name": "", "reference": "", "date_of_birth_year": ""}
    asked = [
        (f"{draft}recipient/", by_name),
        (f"{draft}recipient/", {"patient": ""}),
        (f"{draft}recipient/", {"site": "", "to_site": "yes"}),
        (draft, lines((item, 1))),
        (draft, {**lines((item, 1)), "more": "yes"}),
        (draft, {**lines((item, 1)), "later": "yes"}),
        (f"{draft}check/", {"seen": ""}),
    ]
    for path, answers in asked:
        for name in answers:
            answer = sent(staff, path, {**answers, name: BAD[kind]})

            assert answer.status_code in (200, 302, 422), (path, name)
    assert staff.get(draft).status_code == 200


def test_a_large_catalogue_takes_no_more_queries(staff: Desk, site: Site, item: Item):
    draft = to_site(staff, site)
    before = queries_of(staff, draft)
    for _ in range(20):
        builders.catalogue_item(site.account)

    assert queries_of(staff, draft) == before <= 12


@pytest.mark.parametrize("role", [Role.CLINIC_STAFF, Role.CLINIC_MANAGER])
def test_who_works_for_some_organisations_only_finds_no_way_there(
    clinic: Organisation, staff: Desk, role: Role, patient: Patient
):
    somebody = desk_of_one(clinic, role)
    foreign = opened(staff)

    assert SUPPLIES not in somebody.get("/orders/").content.decode()
    record = somebody.get(f"/patients/{patient.public_id}/").content.decode()
    assert "Order supplies" not in record
    for path in (SUPPLIES, foreign, f"{foreign}recipient/", f"{foreign}check/"):
        assert somebody.get(path).status_code == 403
        assert somebody.post(path).status_code in (403, 405)
    assert somebody.post(f"/patients/{patient.public_id}/supplies/").status_code == 403


def test_another_s_draft_is_not_there(clinic: Organisation, staff: Desk):
    draft = opened(staff)

    assert desk(clinic).get(draft).status_code == 404


def test_the_list_of_orders_leads_there(staff: Desk):
    assert f'href="{SUPPLIES}"' in staff.get("/orders/").content.decode()


def test_an_empty_catalogue_is_said(staff: Desk, site: Site):
    assert "nothing in your catalogue" in text_of(staff.get(to_site(staff, site)))


def test_the_list_and_the_page_tell_what_came_with_the_order(staff: Desk, site: Site, item: Item):
    draft = to_site(staff, site)
    numbers = "so-1\nso-2\nso-3\nso-4"
    said = lines((item, 3), shipping="overnight", external_ids=numbers, note="Soon.")
    staff.post(draft, said)
    press(staff, draft)
    Order.objects.update(email_label=True)

    listed, page = staff.get("/orders/"), staff.get(page_of(Order.objects.get()))

    for shown in (site.name, "so-1", "so-2", "2 more", "Supplies", "Overnight"):
        assert shown in text_of(listed)
    for shown in (
        f"Site {site.name}",
        "so-1 so-2 so-3 so-4",
        "Shipping Overnight",
        "Return label Sent by e-mail",
        f"3 × {item.name}",
        "Soon.",
    ):
        assert shown in text_of(page)
