import pytest
from django.core.exceptions import ValidationError

from foundation.errors import Faults, Invalid, SeveralRefusals
from foundation.fields import PlainTextField
from foundation.phones import Phone
from foundation.text import (
    CROCKFORD,
    crockford,
    has_unprintable,
    one_line,
    search_key,
    shows_nothing,
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Łęcka", "lecka"),
        ("  O'Brien   Smith ", "o'brien smith"),
        ("ÅSTRÖM", "astrom"),
        ("Straße", "strasse"),
        ("Ærø", "aero"),
        ("Ιωάννης", "ιωαννησ"),
    ],
)
def test_what_people_call_equal_has_an_equal_key(text, key):
    assert search_key(text) == key


@pytest.mark.parametrize("text", ["a\x00b", "a\tb", "a\x7fb", "a\x85b", "a\ud800b", "a\uffffb"])
def test_control_characters_and_lone_surrogates_are_seen(text):
    assert has_unprintable(text)


@pytest.mark.parametrize("text", ["Łęcka", "עברית", "👩🏽‍⚕️", "<script>", "\u200fright to left"])
def test_any_script_is_printable(text):
    assert not has_unprintable(text)


@pytest.mark.parametrize(
    "text",
    ["", " \t\u00a0", "\u200b", "\u200d\ufeff\u2060", "\u0301", "\ufe0f", "\u3164", "\u2800"],
)
def test_text_that_nobody_can_see_shows_nothing(text):
    assert shows_nothing(text)


@pytest.mark.parametrize("text", ["a", "7", "-", "Łęcka", "עברית", "한", "👩🏽‍⚕️", "\u200b.\u200b"])
def test_text_with_one_character_that_can_be_seen_shows_something(text):
    assert not shows_nothing(text)


def test_a_field_takes_text_that_shows_nothing_as_left_empty():
    with pytest.raises(ValidationError) as wrong:
        PlainTextField(max_length=10).clean("\u3164")

    assert [error.code for error in wrong.value.error_list] == ["required"]


def test_one_line_has_single_spaces():
    assert one_line(" a \n b\t c ") == "a b c"


def test_drawn_characters_cannot_be_misread():
    assert set(crockford(2000)) <= set(CROCKFORD)
    assert not set(CROCKFORD) & set("ILOU")


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("07911 123456", "GB", "+447911123456"),
        ("+44 (0)7911 123456", "GB", "+447911123456"),
        ("07700 900123", "GB", ""),
        ("not a number", "GB", ""),
        ("07911 123456", "", ""),
    ],
)
def test_a_number_is_kept_as_given_and_dialled_when_understood(text, region, e164):
    assert Phone.read(text, region=region) == Phone(text, e164)


class _Wrong(Invalid):
    code = "wrong"


def test_one_fault_is_raised_as_itself_and_several_together():
    one, two = Faults(), Faults()
    for faults, count in ((one, 1), (two, 2)):
        for place in range(count):
            with faults.gathered():
                raise _Wrong(field=str(place))

    with pytest.raises(_Wrong):
        one.raise_any()
    with pytest.raises(SeveralRefusals) as several:
        two.raise_any()
    assert [each.field for each in several.value.each()] == ["0", "1"]
