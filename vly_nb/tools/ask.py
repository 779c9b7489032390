"""ask_person: a question with choices, which ends the step."""

from __future__ import annotations

from vly_nb.tools.tool import Effect, Outcome, Question, tool
from vly_nb.tools.workbench import Workbench

YES = ("yes", "y", "ok", "allow")


def agrees(answer: str) -> bool:
    """Whether an answer to a question of yes or no is yes."""
    return answer.strip().lower() in YES


async def ask_person(bench: Workbench, question: str, choices: list[str] | None = None) -> Outcome:
    """Ask the person something that only they can decide, and wait for the answer.

    Give two to five short choices where you can; they may answer in their own
    words. Ask rarely: when a wish can be read in two ways that lead to
    different apps, or before something they might not want.
    """
    if bench.answer is None:
        offered = tuple(choice.strip() for choice in (choices or [])[:9] if choice.strip())
        return Outcome("", asks=Question("", question.strip() or "Go on?", offered))
    return Outcome(f"The person answers: {bench.answer}", line=f"answered: {bench.answer[:80]}")


ASK = tool(ask_person, effect=Effect.ACT, line=lambda a: f"asking: {str(a.get('question', ''))[:80]}")
