"""What people type about people, made tidy or refused in words."""

import pytest
from django.utils.html import conditional_escape

from foundation.address_form import AddressForm
from foundation.addresses import Address
from foundation.fields import EmailField, NoteField, PhoneField, PlainTextField, PostcodeField
from foundation.forms import StaffForm
from tests.staff.texts import HARMLESS, HOSTILE

HIDDEN = "has a hidden character in it. Clear the box and type it again"


class Answers(StaffForm):
    name = PlainTextField(label="Full name", max_length=200, required=False)
    email = EmailField(required=False)
    phone = PhoneField(required=False)
    postcode = PostcodeField(required=False)
    note = NoteField(max_length=1000, required=False)


def cleaned(**typed):
    form = Answers(typed)
    assert form.is_valid(), form.errors
    [name] = typed
    return form.cleaned_data[name]


def error(**typed):
    [[words]] = Answers(typed).errors.values()
    return words


@pytest.mark.parametrize(
    "typed",
    [
        "Demo Patient",
        "  Demo   Patient ",
        "Demo\tPatient",
        "Demo\r\nPatient",
        "\ufeffDemo Patient",
        "\u202aDemo Patient\u202c",
        "Demo\u00a0Patient",
        "Demo\u200b Patient",
    ],
)
def test_white_space_and_unseen_characters_are_tidied_away(typed):
    assert cleaned(name=typed) == "Demo Patient"


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_a_name_may_be_written_in_any_alphabet(text):
    assert cleaned(name=text) == text


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_a_name_is_shown_as_text_and_never_as_markup(text):
    html = str(Answers({"name": text, "email": "wrong"}))

    assert "<script>" not in html
    assert conditional_escape(text) in html


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hidden_character_is_refused(text):
    assert error(name=text) == f"Full name {HIDDEN}"
    assert error(note=text) == f"Note {HIDDEN}"
    assert error(email=f"{text}@example.org") == f"Email address {HIDDEN}"
    assert error(phone=text) == f"Phone number {HIDDEN}"
    assert error(postcode=text) == f"Postcode {HIDDEN}"


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e\u202c", "\ufeff", " \u00ad\u2060 "])
def test_a_text_that_nobody_can_see_is_no_answer(unseen):
    class Needed(StaffForm):
        name = PlainTextField(label="Full name", max_length=200)

    assert Needed({"name": unseen}).errors == {"name": ["Enter the full name"]}


def test_a_text_may_be_as_long_as_its_column_and_not_longer():
    assert len(cleaned(name="x" * 200)) == 200
    assert error(name="x" * 201) == "Full name must be 200 characters or fewer"
    assert error(name="x" * 10_000) == "Full name must be 200 characters or fewer"


def test_a_browser_is_not_told_to_cut_a_long_text_short():
    assert "maxlength" not in str(Answers())


def test_a_browser_is_told_not_to_remember_what_was_typed():
    assert str(Answers()).count('autocomplete="off"') == len(Answers().fields)


def test_a_note_keeps_its_lines_and_loses_the_rest():
    assert cleaned(note="  Ring   twice \r\n\r\n\r\n\r\nThen wait\r") == "Ring twice\n\nThen wait"


@pytest.mark.parametrize(
    "typed", ["demo@example.org", " demo@example.org ", "DEMO.o'demo+kit@sub.example.org"]
)
def test_an_email_address_is_taken_as_typed(typed):
    assert cleaned(email=typed) == typed.strip()


@pytest.mark.parametrize(
    "typed", ["demo", "demo@", "@example.org", "demo example.org", "a@b", "<b>@example.org"]
)
def test_an_email_address_of_another_form_is_refused(typed):
    assert error(email=typed) == "Enter an email address in the right form, like name@example.org"


def test_an_email_address_has_at_most_254_characters():
    longest = "x" * 59 + "@" + ".".join(["x" * 60] * 3) + ".example.org"

    assert len(cleaned(email=longest)) == 254
    assert error(email="x" + longest) == "Email address must be 254 characters or fewer"


@pytest.mark.parametrize(
    "typed",
    [
        "07911 123456",
        "07911123456",
        "(07911) 123-456",
        "+44 7911 123456",
        "+44(0)7911 123456",
        "0044 7911 123456",
        "\u202a+44 7911 123456\u202c",
        "07911/123456",
    ],
)
def test_a_phone_number_may_be_written_in_many_ways(typed):
    phone = cleaned(phone=typed)

    assert phone.e164 == "+447911123456"
    assert phone.as_given == typed.strip("\u202a\u202c")


def test_a_landline_and_a_number_of_another_country_are_phone_numbers():
    assert cleaned(phone="020 7946 0018").e164 == "+442079460018"
    assert cleaned(phone="+353 85 012 3456").e164 == "+353850123456"


def test_no_phone_number_is_an_empty_one():
    assert cleaned(phone=" ").as_given == ""


@pytest.mark.parametrize("typed", ["123", "07911 1234567890", "07700 900123", "+", "()", "1" * 40])
def test_a_number_that_does_not_exist_is_refused_with_one_that_does(typed):
    assert error(phone=typed) == "Enter a phone number that exists, like 07911 123456"


@pytest.mark.parametrize("typed", ["O7911 123456", "0800 DEMO", "07911 123456 ext 2", "📞"])
def test_letters_in_a_phone_number_are_refused(typed):
    assert error(phone=typed) == (
        "Phone number must have only digits, spaces, brackets, hyphens and a + at the start"
    )


def test_the_account_says_whose_numbers_go_without_a_country_code():
    form = Answers({"phone": "(201) 555-0123"})
    form.fields["phone"].region = "US"

    assert form.is_valid()
    assert form.cleaned_data["phone"].e164 == "+12015550123"


def test_a_known_phone_number_is_shown_as_it_was_given():
    phone = cleaned(phone="07911 123456")
    form = Answers({"phone": "07911 123456"}, initial={"phone": phone})

    assert 'value="07911 123456"' in str(Answers(initial={"phone": phone}))
    assert not form.has_changed()


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("ls14dy", "LS1 4DY"),
        (" sw1a  1aa ", "SW1A 1AA"),
        ("EC1A1BB", "EC1A 1BB"),
        ("e1 6an", "E1 6AN"),
    ],
)
def test_a_british_postcode_is_tidied(typed, tidy):
    assert cleaned(postcode=typed) == tidy


@pytest.mark.parametrize("typed", ["EC1", "12345", "QQ1 1QQ", "LS1 4DYX", "<b>"])
def test_half_a_postcode_is_refused(typed):
    assert error(postcode=typed) == "Enter a full UK postcode, like LS1 4DY"


def test_a_postcode_of_elsewhere_is_taken_as_typed():
    form = Answers({"postcode": " 10115  berlin"})
    form.fields["postcode"].country = "DE"

    assert form.is_valid()
    assert form.cleaned_data["postcode"] == "10115 berlin"


def typed_address(**other):
    return {"line_1": "1 Demo Street", "city": "London", "postcode": "ec1a1bb", **other}


def test_a_city_without_a_county_is_its_own():
    form = AddressForm(typed_address())

    assert form.is_valid()
    assert form.address == Address(
        lines=("1 Demo Street",),
        city="London",
        county="London",
        postcode="EC1A 1BB",
        country_code="GB",
    )


def test_an_address_without_a_town_asks_for_the_town_and_not_for_the_county():
    form = AddressForm(typed_address(city=""))

    assert form.errors == {"city": ["Enter the town or city"]}


def test_empty_lines_of_an_address_close_up():
    form = AddressForm(typed_address(line_2=" ", line_3="Demo Quarter", county="Demoshire"))

    assert form.is_valid()
    assert form.address.lines == ("1 Demo Street", "Demo Quarter")
    assert form.address.county == "Demoshire"


FROM_A_PROGRAM = Address(
    lines=("1  Demo\u200b Street", "B" * 200, "C" * 200, "D" * 200),
    city="Paris",
    county="Paris",
    postcode="75001",
)


def test_what_was_left_alone_of_an_address_is_not_judged():
    initial = AddressForm.initial_from(FROM_A_PROGRAM)

    form = AddressForm(initial, initial=initial)

    assert form.is_valid()
    assert not form.is_corrected


def test_what_was_left_alone_beside_a_correction_is_not_judged_but_must_fit():
    initial = AddressForm.initial_from(FROM_A_PROGRAM)

    too_long = AddressForm({**initial, "city": "Lyon"}, initial=initial)
    cut = AddressForm({**initial, "city": "Lyon", "line_3": "C"}, initial=initial)

    assert list(too_long.errors) == ["line_3"]
    assert cut.is_valid()
    assert cut.is_corrected
    assert (cut.address.county, cut.address.postcode) == ("Lyon", "75001")


def test_what_was_never_filled_in_of_an_address_is_missing():
    form = AddressForm({}, initial={"line_1": "1 Demo Street", "city": ""})

    assert set(form.errors) == {"line_1", "city", "postcode"}


@pytest.mark.parametrize("lines", [("A",), ("A", "B"), ("A", "B", "C", "D")])
def test_a_known_address_survives_the_form(lines):
    known = Address(lines=lines, city="London", county="London", postcode="EC1A 1BB")

    initial = AddressForm.initial_from(known)
    form = AddressForm(initial)

    assert form.is_valid()
    assert ", ".join(form.address.lines) == ", ".join(lines)
    assert initial["county"] == ""
