"""Tool: a function the model may call; its signature and docstring are its schema.

A tool is an async function of a Workbench and its arguments that answers with
an Outcome, or raises ToolError with a sentence for the model. Arguments are
checked by pydantic before it runs, and a wrong one is answered in a sentence.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from vly_nb.errors import ToolError


class Effect(StrEnum):
    """What a call does to the project, which decides when it runs."""

    READ = "read"  # may run together with other reads
    EDIT = "edit"  # goes into the step's change set
    ACT = "act"  # runs alone, after what was edited is written


@dataclass(frozen=True, slots=True)
class Question:
    """Something only the person can answer: it ends the step until they do."""

    call: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: text for the model, one line for a person, perhaps a question first.

    With `asks` set the call has no answer yet: it runs again once the person
    has given one (`Workbench.answer`). `foreign` texts are a file's or a program's,
    and are marked as data for the model; `picture` is a PNG that goes along.
    """

    text: str
    failed: bool = False
    line: str = ""
    asks: Question | None = None
    foreign: bool = False
    picture: bytes | None = None


@dataclass(frozen=True)
class Tool:
    """A tool as the loop sees it: what it is called, what it takes, what it does.

    `effect` and `line` are functions of the arguments, since one tool (the text
    editor) both reads and writes. `spec` is what the model is sent.
    """

    name: str
    spec: Mapping[str, Any]
    arguments: type[BaseModel]
    run: Callable[..., Awaitable[Outcome]]
    effect: Callable[[Mapping[str, Any]], Effect]
    line: Callable[[Mapping[str, Any]], str]

    def parse(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments, checked. Raises ToolError with a sentence naming each wrong one."""
        try:
            checked = self.arguments.model_validate(raw)
        except ValidationError as error:
            raise ToolError(f"{self.name} was not run: {sentence(error)}") from None
        return {name: getattr(checked, name) for name in checked.__pydantic_fields__}


def tool(
    run: Callable[..., Awaitable[Outcome]],
    *,
    name: str = "",
    builtin: str = "",
    effect: Effect | Callable[[Mapping[str, Any]], Effect] = Effect.ACT,
    line: Callable[[Mapping[str, Any]], str],
) -> Tool:
    """Make a Tool of an async function `run(bench, **arguments)`.

    `builtin` is the type of a tool whose shape the model knows by training;
    its schema is then not sent.
    """
    called = name or run.__name__
    arguments = arguments_of(run, called)
    schema = arguments.model_json_schema()
    spec = (
        {"type": builtin, "name": called}
        if builtin
        else {
            "name": called,
            "description": inspect.cleandoc(run.__doc__ or ""),
            "input_schema": {
                "type": "object",
                "properties": {key: plain(value) for key, value in schema.get("properties", {}).items()},
                "required": schema.get("required", []),
                "additionalProperties": False,
            },
        }
    )
    judged = effect if callable(effect) else (lambda _: effect)
    return Tool(called, spec, arguments, run, judged, line)


def arguments_of(run: Callable[..., Any], name: str) -> type[BaseModel]:
    """A pydantic model of a function's parameters after the first."""
    parameters = list(inspect.signature(run, eval_str=True).parameters.values())[1:]
    fields: dict[str, Any] = {
        p.name: (p.annotation, ... if p.default is p.empty else p.default) for p in parameters
    }
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A property's schema without pydantic's titles, which say nothing."""
    return {key: value for key, value in schema.items() if key != "title"}


def sentence(error: ValidationError) -> str:
    """What is wrong with the arguments, in words a model can act on."""
    wrongs = []
    for problem in error.errors(include_url=False, include_context=False)[:5]:
        place = ".".join(str(part) for part in problem["loc"]) or "the arguments"
        wrongs.append(f"`{place}`: {problem['msg'][:200]}")
    return "; ".join(wrongs) + ". Call it again with these put right."
