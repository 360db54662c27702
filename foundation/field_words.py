"""What a form says when an answer will not do: in plain words that say what to do next. Which
answers will not do is decided by the fields.
"""

from typing import Final

from django import forms

HIDDEN_CHARACTER: Final = "{label} has a hidden character in it. Clear the box and type it again"
# {label} becomes "Date of birth", {name} the same inside a sentence: "date of birth".
OUR_WORDS: Final[dict[str, str]] = {
    "required": "Enter the {name}",
    "max_length": "{label} must be %(limit_value)d characters or fewer",
    "min_length": "{label} must be %(limit_value)d characters or more",
    "min_value": "{label} must be %(limit_value)s or more",
    "max_value": "{label} must be %(limit_value)s or less",
    "invalid_choice": "Select the {name} from the list",
    "invalid_list": "Select the {name} from the list",
    "null_characters_not_allowed": HIDDEN_CHARACTER,
}
CHOOSE: Final[dict[str, str]] = {"required": "Select the {name}"}
TICK: Final[dict[str, str]] = {"required": "Tick the box “{label}”"}
WHOLE_NUMBER: Final[dict[str, str]] = {"invalid": "{label} must be a whole number"}
EMAIL: Final[dict[str, str]] = {
    "invalid": "Enter an email address in the right form, like name@example.org"
}
BY_KIND: Final[tuple[tuple[type[forms.Field], dict[str, str]], ...]] = (
    (forms.ChoiceField, CHOOSE),
    (forms.ModelChoiceField, CHOOSE),
    (forms.BooleanField, TICK),
    (forms.IntegerField, WHOLE_NUMBER),
    (forms.EmailField, EMAIL),
)


def speak_plainly(field: forms.Field, label: str) -> None:
    """Give the field our words wherever it has only Django's, and put its label into all of them.

    `field` must be a form's own copy, never the one that its class holds.
    """
    stock = stock_words(field)
    for code, words in words_for(field).items():
        if field.error_messages.get(code) is stock.get(code):
            field.error_messages[code] = words
    for code, said in field.error_messages.items():
        field.error_messages[code] = with_label(str(said), label.rstrip(":"))


def words_for(field: forms.Field) -> dict[str, str]:
    words = dict(OUR_WORDS)
    for kind, special in BY_KIND:
        if isinstance(field, kind):
            words |= special
    return words


def stock_words(field: forms.Field) -> dict[str, object]:
    """The messages that the field would have if nobody had thought about them."""
    words: dict[str, object] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            words |= getattr(kind, "default_error_messages", {})
    return words


def with_label(words: str, label: str) -> str:
    if label.endswith("?"):  # a question reads badly inside a sentence
        label = "Answer"
    if "%(" in words:  # a number is put in later, which must not trip over the label's own "%"
        label = label.replace("%", "%%")
    return words.replace("{label}", label).replace("{name}", in_sentence(label))


def in_sentence(label: str) -> str:
    """The label as it reads inside a sentence: "date of birth", but "NHS number"."""
    first = label.split(" ", 1)[0]
    return label[:1].lower() + label[1:] if first[1:].islower() else label
