"""How a form is drawn, what it says when nothing was answered, and how it takes a refusal."""

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils.html import conditional_escape

from foundation.dates import DateOfBirthField
from foundation.errors import Conflict, Invalid, SeveralRefusals
from foundation.fields import PlainTextField
from foundation.forms import StaffForm


class NameUnknown(Invalid):
    code = "name_unknown"
    message = "Enter a name that we know."


class ReferenceTaken(Conflict):
    code = "reference_taken"
    message = "Another order has this reference."


class Questions(StaffForm):
    name = PlainTextField(label="Full name", max_length=20)
    born = DateOfBirthField()
    nights = forms.ChoiceField(
        label="Number of nights",
        choices=[(1, "1 night"), (2, "2 nights")],
        widget=forms.RadioSelect,
    )
    sensors = forms.MultipleChoiceField(
        choices=[("neck_sensor", "Neck sensor")], widget=forms.CheckboxSelectMultiple
    )
    asked = forms.BooleanField(label="I asked the patient")
    needs_phone = forms.BooleanField(label="The patient needs a smartphone", required=False)
    other = PlainTextField(label="Anything else", max_length=20, required=False, help_text="A hint")

    missing = {"born": "Enter the patient's date of birth"}
    refusal_fields = {"patient.name": "name", "gone": "no_such_field"}


GOOD = {
    "name": "Demo",
    "born_day": "27",
    "born_month": "3",
    "born_year": "1980",
    "nights": "1",
    "sensors": ["neck_sensor"],
    "asked": "on",
}


def summary(form):
    return render_to_string("forms/error_summary.html", {"form": form})


def test_what_is_missing_is_asked_for_in_plain_words():
    assert Questions({}).errors == {
        "name": ["Enter the full name"],
        "born": ["Enter the patient's date of birth"],
        "nights": ["Select the number of nights"],
        "sensors": ["Select the sensors"],
        "asked": ["Tick the box “I asked the patient”"],
    }


def test_an_answer_that_was_not_offered_is_not_repeated():
    form = Questions({**GOOD, "nights": "<b>99</b>", "sensors": ["\x00"]})

    assert form.errors == {
        "nights": ["Select the number of nights from the list"],
        "sensors": ["Select the sensors from the list"],
    }


def test_words_that_a_field_brings_itself_are_kept():
    class Own(StaffForm):
        name = forms.CharField(error_messages={"required": "Say who you are"})

    assert Own({}).errors == {"name": ["Say who you are"]}


def test_a_label_in_capitals_keeps_them_inside_a_sentence():
    class Number(StaffForm):
        number = forms.CharField(label="NHS number")

    assert Number({}).errors == {"number": ["Enter the NHS number"]}


def test_one_form_does_not_speak_for_another():
    class Renamed(StaffForm):
        name = forms.CharField()

    first, second = Renamed({}), Renamed({})
    first.fields["name"].label = "First name"

    assert first.errors == {"name": ["Enter the first name"]}
    assert second.errors == {"name": ["Enter the name"]}


def test_the_summary_lists_every_problem_in_the_order_of_the_questions():
    html = summary(Questions({}))

    links = [part.split('"')[0] for part in html.split('href="#')[1:]]
    assert links == ["id_name", "id_born_day", "id_nights_0", "id_sensors_0", "id_asked"]
    assert 'role="alert"' in html
    assert 'tabindex="-1"' in html
    assert "There is a problem" in html


def test_the_summary_leads_to_boxes_that_exist_and_repeats_their_words():
    form = Questions({})
    page, html = str(form), summary(form)

    for field in form:
        for problem in field.problems:
            assert f'id="{problem.target}"' in page
            assert page.count(conditional_escape(problem.words)) == 1
            assert html.count(conditional_escape(problem.words)) == 1


def test_a_good_form_has_no_summary():
    assert summary(Questions(GOOD)).strip() == ""


def test_only_questions_that_may_be_left_out_say_so():
    html = str(Questions())

    assert html.count("(optional)") == 1
    assert "Anything else <span" in html
    assert "*" not in html
    assert " required" not in html


def test_a_hint_and_an_error_are_both_read_out_with_their_box():
    html = str(Questions({**GOOD, "other": "x" * 21}))

    assert 'aria-describedby="id_other_helptext id_other_error"' in html
    assert '<span class="visually-hidden">Error: </span>Anything else must be 20' in html


def test_an_attestation_is_a_real_checkbox_with_a_label():
    html = str(Questions())

    assert '<label for="id_asked"><input type="checkbox" name="asked" id="id_asked">' in html


def test_a_refusal_stands_beside_the_field_it_is_about():
    form = Questions(GOOD)
    assert form.is_valid()

    form.add_refusal(NameUnknown(field="patient.name"))

    assert form.errors == {"name": ["Enter a name that we know."]}
    assert form.has_error("name", code="name_unknown")


@pytest.mark.parametrize("field", ["", "reference", "gone"])
def test_a_refusal_about_no_field_of_the_form_stands_at_the_top(field):
    form = Questions(GOOD)
    assert form.is_valid()

    form.add_refusal(ReferenceTaken(field=field))

    assert form.non_field_errors() == ["Another order has this reference."]
    assert "<li>Another order has this reference.</li>" in summary(form)


def test_several_refusals_are_all_told():
    form = Questions(GOOD)
    assert form.is_valid()

    form.add_refusal(SeveralRefusals([NameUnknown(field="patient.name"), ReferenceTaken()]))

    assert set(form.errors) == {"name", "__all__"}


def test_a_problem_of_a_hidden_field_is_told_as_well():
    class Hidden(StaffForm):
        draft = forms.IntegerField(widget=forms.HiddenInput)

    assert "Draft must be a whole number" in summary(Hidden({"draft": "x"}))
