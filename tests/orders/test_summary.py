"""The page of an order: one page, whatever is on it; everybody's letters; codes that scan."""

import logging
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation import paper
from foundation.paper import unprintable
from inventory.models import AccountCatalogue, Item, Kit
from orders.commands import add_note, place_order
from orders.models import Order
from orders.summary import summary_of, with_summary
from orders.wanted import KnownSite, LineWanted, OrderWanted, ShippingOption
from organisations.models import Account
from patients.wanted import PersonName
from tests import builders
from tests.api.v1.test_statements import counted
from tests.printed import Printed, read

pytestmark = pytest.mark.django_db

# One of each alphabet that people here are called in, with its accents.
NAMES = (
    "Łukasz Żółć-Ångström",
    "Nguyễn Thị Hằng",
    "Ðorđe Šćepanović",
    "Þóra Ægisdóttir",
    "Șerban Țîrlea",
    "Ayşe Gülçin Iğdır",
    "Aŋka Ƙwaɗo Ẹ̀ṣọ́",
    "Ζωή Παπαδοπούλου ᾍδης",
    "Жанна Щукіна Ґалаґан",
    "Ђорђе Љиљанић",
    "Өмірбек Қасымұлы Үңғі",
    "ẞtraße ĳsbrand ﬁnn",
)


@pytest.fixture
def owner(db: None) -> Account:
    return builders.account()


def an_item(owner: Account, **columns: str) -> Item:
    item = builders.catalogue_item(owner)
    Item.objects.filter(pk=item.pk).update(**columns)
    return Item.objects.get(pk=item.pk)


def supplies(owner: Account, *lines: LineWanted, **members: object) -> Order:
    wanted = OrderWanted(
        **{
            "recipient": builders.patient_wanted(),
            "contents": lines or (LineWanted(item_id=an_item(owner).pk, count=1),),
            **members,
        }
    )
    return place_order(wanted, actor=builders.integrator(owner))


def called(owner: Account, name: str) -> Order:
    return supplies(owner, recipient=builders.patient_wanted(name=PersonName.split(name)))


def printed(order: Order) -> Printed:
    return read(summary_of(with_summary(Order.objects.all()).get(pk=order.pk)))


def plain(text: str) -> str:
    """However the letters are put together."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def test_the_page_tells_who_where_what_and_the_notes(owner: Account):
    item = an_item(owner, name="BP monitor", sku="HWI-7Q2MZ4KD")
    order = supplies(
        owner,
        LineWanted(item_id=item.pk, count=12),
        notes=("Leave with the neighbour.\nRing twice.",),
        external_ids=("so-7781", "so-7782"),
        shipping_option=ShippingOption.OVERNIGHT,
        email_label=True,
    )

    page = printed(order)

    assert page.pages == 1
    for said in (
        order.reference,
        "Status: Placed",
        "Shipping: Overnight",
        "Return label: By e-mail",
        "Your order numbers: so-7781, so-7782",
        "Test Person",
        "1 Test Street",
        "12 × BP monitor",
        "HWI-7Q2MZ4KD",
        "Leave with the neighbour. Ring twice.",
        owner.name,
    ):
        assert said in page.words


def test_each_code_reads_as_what_stands_beside_it(owner: Account):
    item = an_item(owner, sku="HWI-7Q2MZ4KD")
    kit = Kit.objects.create(name="Starter")
    AccountCatalogue.objects.create(account=owner, kit=kit)
    lines = LineWanted(item_id=item.pk, count=1), LineWanted(kit_id=kit.pk, count=2)
    order = supplies(owner, *lines)

    page = printed(order)

    assert page.codes == {
        order.reference: "QRCode",
        "HWI-7Q2MZ4KD": "Code128",
        f"KIT-{kit.pk}": "Code128",
    }


@pytest.mark.parametrize("sku", ["HWI-" + "9" * 40, "Größe 3"])
def test_an_sku_that_no_scanner_reads_stands_without_a_barcode(owner: Account, sku: str):
    order = supplies(owner, LineWanted(item_id=an_item(owner, sku=sku).pk, count=1))

    page = printed(order)

    assert page.codes == {order.reference: "QRCode"}
    assert sku in page.text.replace("\r\n", "")


def test_a_site_s_order_names_the_site(owner: Account):
    site = builders.site(owner)
    order = supplies(owner, recipient=KnownSite(site.pk))

    assert f"Site {site.name}" in printed(order).words


def test_a_study_order_has_its_organisation_and_its_kit(owner: Account):
    order = builders.order(chosen=builders.organisation(owner))

    page = printed(order)

    assert f"Organisation: {order.organisation}" in page.words
    assert "1 × Test Kit" in page.words


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_as_it_is_written(
    owner: Account, name: str, caplog: pytest.LogCaptureFixture
):
    page = printed(called(owner, name))

    assert plain(name) in plain(page.text)
    assert "[U+" not in page.text
    assert not caplog.records


def test_all_letters_but_rare_ones_of_the_three_alphabets_can_be_printed():
    letters = [
        letter
        for letter in map(chr, range(0x250))
        if letter.isalpha() or unicodedata.combining(letter)
    ]
    letters += map(chr, [*range(0x386, 0x3FF), *range(0x400, 0x500), *range(0x1E00, 0x2000)])
    assigned = {one for one in letters if unicodedata.category(one) != "Cn"}

    assert unprintable("".join(assigned)) == set()


def test_a_letter_without_a_glyph_is_printed_as_its_number(
    owner: Account, caplog: pytest.LogCaptureFixture
):
    order = called(owner, "Ada 李 Ԥas Ａnn")

    page = printed(order)

    assert "Ada [U+674E] [U+0524]as Ann" in page.words
    assert "stand as their numbers" in page.words
    (record,) = caplog.records
    assert (record.levelno, record.name) == (logging.WARNING, "foundation.paper")
    assert "U+0524, U+674E, U+FF21" in record.getMessage()
    assert f"order {order.pk}" in record.getMessage()
    assert "Ada" not in record.getMessage()


@pytest.mark.parametrize(
    "name",
    ['#read("/etc/passwd")', "*x* _y_ $z$ `raw`", "= Title <label> @ref", '"); panic("', "\\u{41}"],
)
def test_a_name_is_never_markup(owner: Account, name: str):
    page = printed(called(owner, name))

    assert page.pages == 1
    assert plain(name) in page.words


def test_nobody_can_turn_the_page_s_letters_round(owner: Account):
    page = printed(called(owner, "Ada\u202egro.elpmas"))

    assert "Adagro.elpmas" in page.words


def test_200_lines_and_long_notes_stay_on_one_page_that_says_what_is_missing(owner: Account):
    kit = Kit.objects.create(name="W" * 200)
    AccountCatalogue.objects.create(account=owner, kit=kit)
    order = supplies(
        owner,
        *[LineWanted(kit_id=kit.pk, count=1)] * 200,
        notes=("W" * 2000, *["mornings only " * 100] * 5),
        external_ids=tuple("X" * 255 for _ in range(20)),
    )

    page = printed(order)

    assert page.pages == 1
    shown = page.words.count(f"KIT-{kit.pk}")
    assert shown >= 4
    assert (
        f"{200 - shown} more lines are not shown here. The order itself has all 200." in page.words
    )
    assert "The notes are longer than what is shown here." in page.words
    assert "5 more notes are not shown here." in page.words
    assert "and 17 more" in page.words
    assert page.words.endswith(owner.name)


def test_the_longest_address_is_there_to_its_last_letter(owner: Account):
    long = [f"{number}{'W' * 253}{number}" for number in range(6)]
    address = replace(
        builders.ADDRESS, lines=tuple(long), city="C" * 255, postcode="P" * 255, note="N" * 1000
    )
    order = supplies(owner, address=address, notes=("Ring twice.",))

    page = printed(order)

    together = "".join(page.text.split())
    assert page.pages == 1
    assert all(line in together for line in (*long, "C" * 255, "P" * 255))
    assert "1 × " in page.words
    assert "Ring twice." in page.words


def test_nothing_that_can_be_typed_breaks_the_page(owner: Account):
    order = supplies(owner)
    order = with_summary(Order.objects.all()).get(pk=order.pk)
    assert order.patient

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
    def the_page_is_one(name: str) -> None:
        order.patient.full_name = name
        assert read(summary_of(order)).pages == 1

    the_page_is_one()


def test_times_are_those_of_the_account(owner: Account):
    Account.objects.filter(pk=owner.pk).update(time_zone="Pacific/Auckland")
    order = supplies(owner)
    Order.objects.filter(pk=order.pk).update(placed_at="2026-11-21T12:30:00Z")

    assert "Placed: 22 November 2026, 1:30am" in printed(order).words


def test_paper_is_that_of_the_country(owner: Account):
    Account.objects.filter(pk=owner.pk).update(country="US")

    assert printed(supplies(owner)).size == (612, 792)


def test_it_takes_as_many_queries_for_long_orders_as_for_short_ones(owner: Account):
    item = an_item(owner)
    long = supplies(owner, *[LineWanted(item_id=item.pk, count=1)] * 20)
    for number in range(5):
        add_note(long, f"Note {number}", actor=builders.manager(owner=owner))
    short = supplies(owner)

    with counted() as of_short:
        printed(short)
    with counted() as of_long:
        printed(long)

    assert len(of_long) == len(of_short) == 3


def test_what_is_not_about_a_glyph_is_no_reason_to_try_again(tmp_path, caplog):
    broken = tmp_path / "broken.typ"
    broken.write_text("#panic()")

    with pytest.raises(paper.typst.TypstError):
        paper.pdf(broken, {"name": "é"}, pictures={}, named="nothing")

    assert not caplog.records
