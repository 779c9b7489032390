"""new-dependency-ask: before a rival of the built-in integrations is added, the person is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.agent.talk import call, events_of, say
from vly_nb.agent.events import Paused
from vly_nb.model.scripted import Scripted
from vly_nb.project.project import Project
from vly_nb.session import Session
from vly_nb.stacks.convex_react.rivals import question
from vly_nb.stacks.convex_react.stack import ConvexReact
from vly_nb.tools.tool import Question


class Shop(ConvexReact):
    """The stack, with a package manager that only writes down what it was asked for."""

    def __init__(self) -> None:
        self.added: list[str] = []

    async def add_packages(
        self, project: Project, packages: Sequence[str], *, dev: bool, kept: Mapping[str, str], report: object
    ) -> str:
        self.added += packages
        return "added"

    async def package_manager(self, report: Callable[[str], None]) -> Sequence[str]:
        return ["echo", "pnpm"]


@pytest.fixture
def built_in(app: Path) -> Path:
    """The small project, with @vly-ai/integrations."""
    package = json.loads((app / "package.json").read_text())
    package["dependencies"]["@vly-ai/integrations"] = "^0.6.6"
    (app / "package.json").write_text(json.dumps(package))
    return app


@pytest.mark.parametrize(
    "package",
    [
        *("openai", "@anthropic-ai/sdk", "@google/generative-ai", "openrouter", "ai", "@ai-sdk/openai@^2"),
        *("resend", "nodemailer", "@sendgrid/mail@8", "stripe", "@stripe/stripe-js", "stripe@latest"),
    ],
)
def test_a_rival_is_asked_about(built_in: Path, package: str) -> None:
    said = question(built_in, ["zod", package])
    assert said.startswith("Add ") and "zod" not in said and "@vly-ai/integrations" in said


@pytest.mark.parametrize(
    "package",
    [
        "zod",
        "@convex-dev/resend",
        "@convex-dev/stripe",
        "@convex-dev/rate-limiter",
        "@vly-ai/integrations",
        "air",
        "",
    ],
)
def test_trap_components_and_other_packages_are_not(built_in: Path, package: str) -> None:
    assert question(built_in, [package]) == ""


def test_without_the_built_in_integrations_nobody_is_asked(app: Path) -> None:
    assert question(app, ["openai", "stripe"]) == ""


async def asked(root: Path, tool: dict[str, object]) -> tuple[Session, Shop]:
    session = await Session.mount(root, model=Scripted([say("Adding it.", tool), "Done."]))
    stack = Shop()
    session.stack = session.agent.stack = session.agent.bench.stack = stack
    events = await events_of(session, "Add a chat")
    (paused,) = [one for one in events if isinstance(one, Paused)]
    assert isinstance(paused.waiting, Question) and "openai" in paused.waiting.text
    assert stack.added == []
    return session, stack


ADD = ("add_package", {"packages": ["openai", "zod"]})
BASH = ("bash", {"command": "pnpm add openai zod"})


@pytest.mark.parametrize(("name", "arguments"), [ADD, BASH])
async def test_no_means_that_nothing_is_added(
    built_in: Path, name: str, arguments: dict[str, object]
) -> None:
    session, stack = await asked(built_in, call(name, **arguments))
    assert [event async for event in session.go_on(answer="no")]
    (outcome,) = [one.outcome for one in session.turns[0].steps[0].calls]
    assert outcome is not None and outcome.failed and "doesn't want openai, zod added" in outcome.text
    assert stack.added == []
    await session.close()


@pytest.mark.parametrize(("name", "arguments"), [ADD, BASH])
async def test_yes_goes_on(built_in: Path, name: str, arguments: dict[str, object]) -> None:
    session, stack = await asked(built_in, call(name, **arguments))
    assert [event async for event in session.go_on(answer="1")]
    (outcome,) = [one.outcome for one in session.turns[0].steps[0].calls]
    assert outcome is not None and not outcome.failed
    if name == "bash":
        assert "openai zod" in outcome.text
    else:
        assert stack.added == ["openai", "zod"]
    await session.close()
