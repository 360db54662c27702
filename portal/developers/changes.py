"""The pages on which a program is changed: each asks one question and calls one command."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from organisations.integrations import (
    Overlap,
    change_program,
    end_older_secret,
    switch_off,
    switch_on,
)
from organisations.program_forms import ChangeProgramForm, NewSecretForm
from organisations.visit import Visit
from portal.developers.asking import NoForm, Question, Shown, ask, go_back, sent, show_once
from portal.developers.door import developers_page
from portal.developers.kinds import AnyProgram, Kind


@developers_page()
def change(visit: Visit, name: str, *, kind: Kind) -> HttpResponse:
    program = kind.find(visit, name)
    form = ChangeProgramForm(sent(visit), program=program)
    question = _about(
        program,
        kind,
        title=f"Change the {kind.noun}",
        button="Save",
        lead="It counts from the next call."
        + " What it may do besides counts from its next token." * kind.has_tokens,
    )

    def save() -> HttpResponse:
        change_program(program, actor=visit.actor, **form.said)
        return go_back(visit, question, "The change is saved.")

    return ask(visit, question, form, save)


@developers_page()
def replace_secret(visit: Visit, name: str, *, kind: Kind) -> HttpResponse:
    program = kind.find(visit, name)
    form = NewSecretForm(sent(visit))
    question = _about(
        program,
        kind,
        title="Replace the secret",
        button="Replace the secret",
        lead="If the secret is in wrong hands, let it stop at once."
        + " Its tokens stop with it." * kind.has_tokens,
    )

    def replace() -> HttpResponse:
        def draw() -> Shown:
            return kind.replace(visit, program, Overlap(form.cleaned_data["overlap"]))

        return show_once(visit, form, draw, onward=question.back)

    return ask(visit, question, form, replace)


@developers_page()
def end_older(visit: Visit, name: str, *, kind: Kind) -> HttpResponse:
    program = kind.find(visit, name)
    question = _about(
        program,
        kind,
        title="End the older secret",
        button="End the older secret",
        lead="Whoever still uses it is refused."
        + " Tokens drawn by it last for an hour at most." * kind.has_tokens,
        is_final=True,
    )

    def end() -> HttpResponse:
        end_older_secret(program, actor=visit.actor)
        return go_back(visit, question, "The older secret works no more.")

    if not program.older_secret_works:
        return redirect(question.back)
    return ask(visit, question, NoForm(sent(visit)), end)


@developers_page()
def turn_off(visit: Visit, name: str, *, kind: Kind) -> HttpResponse:
    program = kind.find(visit, name)
    question = _about(
        program,
        kind,
        title=f"Switch off the {kind.noun}",
        button="Switch it off",
        lead="Its next call is refused. You can switch it on again, with the same secret.",
        is_final=True,
    )

    def turn() -> HttpResponse:
        switch_off(program, actor=visit.actor)
        return go_back(visit, question, "It is switched off.")

    return ask(visit, question, NoForm(sent(visit)), turn)


@developers_page()
def turn_on(visit: Visit, name: str, *, kind: Kind) -> HttpResponse:
    program = kind.find(visit, name)
    question = _about(
        program,
        kind,
        title=f"Switch on the {kind.noun}",
        button="Switch it on",
        lead="It may call again, with the secret that it has.",
    )

    def turn() -> HttpResponse:
        switch_on(program, actor=visit.actor)
        return go_back(visit, question, "It is switched on.")

    return ask(visit, question, NoForm(sent(visit)), turn)


def _about(program: AnyProgram, kind: Kind, **said: Any) -> Question:
    return Question(about=str(program.name), back=kind.address(program), **said)
