"""From what a person types to what is run: to the letter, and awaited."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell

import vly_nb
from vly_nb.errors import VlyError
from vly_nb.notebook.commands import COMMANDS, OPTIONS
from vly_nb.notebook.extension import to_the_letter, with_await
from vly_nb.notebook.lines import Ask, command_of, help_text, options_of, split

TYPESCRIPT = r"""
const html = `<b class="${cls}">${`nested ${x}`}</b>`; // {braces} {{twice}} $HOME $x
const re = /\d+\\n/g; 'single' "double" \" %d %s !ls
%load_ext nothing
!rm -rf nothing
?help
what is it?
>>> prompt
... more
In [1]: x
    four spaces
	a tab
trailing@@@
@@@
'''triple''' and x
\
""".replace("and x", 'and """x"""')


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    made = InteractiveShell()
    vly_nb.load_ipython_extension(made)
    yield made
    vly_nb.unload_ipython_extension(made)


def called(shell: InteractiveShell, cell: str) -> list[Any]:
    """The arguments that the magic gets when this cell is run."""
    tree = ast.parse(shell.transform_cell(cell))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Await)]
    assert len(calls) == 1
    call = calls[0].value
    assert isinstance(call, ast.Call)
    return [ast.literal_eval(argument) for argument in call.args]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
@example(TYPESCRIPT)
@example(">>> a\n>>> b\n")
@example("... a\n    b\n   \n")
@example("\u2028\x0c\x1c\r\nx\r")
def test_a_prompt_reaches_the_magic_to_the_letter(shell: InteractiveShell, prompt: str) -> None:
    name, line, cell = called(shell, f"%%vly --only '{{x}}$x' \n{prompt}")
    assert name == "vly"
    assert line == "--only '{x}$x'"
    assert cell == (prompt if prompt.endswith("\n") else prompt + "\n")


def test_blank_lines_above_a_cell_magic_are_no_matter(shell: InteractiveShell) -> None:
    assert called(shell, "\n  \n%%vly\nMake it {blue}?")[2] == "Make it {blue}?\n"


def test_a_question_on_a_command_line_is_no_wish_for_help(shell: InteractiveShell) -> None:
    assert called(shell, "%vly next is it {blue} or $red?") == ["vly", "next is it {blue} or $red?"]
    assert called(shell, "x = 1\n%vly reject why?") == ["vly", "reject why?"]


def test_text_in_a_string_is_not_touched() -> None:
    lines = ['text = """\n', "%vly next is it blue?\n", '"""\n']
    assert to_the_letter(list(lines)) == lines


@pytest.mark.parametrize(
    ("cell", "awaited"),
    [
        ("%vly undo", 1),
        ("%vly undo\n%vly redo", 2),
        ("for i in range(2):\n    %vly undo", 1),
        ("if True:\n    x = 1; y = 2\n    %vly undo", 1),
        ("x = %vly undo", 1),
        ("def f():\n    %vly undo", 0),
        ("é = 'ü'; get_ipython().run_line_magic('vly', 'undo')", 1),
        ("await get_ipython().run_line_magic('vly', 'undo')", 1),
        ("get_ipython().run_line_magic('time', 'vly')", 0),
        ("'vly'", 0),
    ],
)
def test_calls_are_awaited_where_one_may(shell: InteractiveShell, cell: str, awaited: int) -> None:
    code = shell.transform_cell(cell)
    tree = ast.parse(code)
    assert sum(isinstance(node, ast.Await) for node in ast.walk(tree)) == awaited
    compile(code, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_code_that_does_not_parse_is_left_to_python() -> None:
    lines = ["get_ipython().run_line_magic('vly', \n"]
    assert with_await(lines) == lines


def test_an_unawaited_command_says_so(shell: InteractiveShell) -> None:
    shell.run_cell(
        "def f():\n    %vly undo\n    return get_ipython().run_line_magic('vly', 'undo')\npending = f()"
    )
    assert "nothing was run" in repr(shell.user_ns["pending"])


def test_loading_twice_and_reloading(shell: InteractiveShell) -> None:
    vly_nb.load_ipython_extension(shell)
    assert shell.input_transformers_cleanup.count(to_the_letter) == 1
    vly_nb.unload_ipython_extension(shell)
    assert to_the_letter not in shell.input_transformers_cleanup
    assert shell.find_line_magic("vly") is None
    vly_nb.unload_ipython_extension(shell)
    vly_nb.load_ipython_extension(shell)
    assert "%vly mount PATH" in shell.find_line_magic("vly").__doc__


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", Ask()),
        ("--step --review", Ask(step=True, review=True)),
        ("--only 'src/**' --only=a --docs convex", Ask(only=("src/**", "a"), docs="convex")),
        (r"--only src\pages\{x}$x", Ask(only=(r"src\pages\{x}$x",))),
    ],
)
def test_options(line: str, expected: Ask) -> None:
    assert options_of(line) == expected


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("--stpe", "`%%vly --step`"),
        ("--only", "needs a value"),
        ("--only --step", "needs a value"),
        ("make it blue", "where options go"),
        ("--only 'src", "not closed"),
        ("-" * 500, "There is no option"),
    ],
)
def test_a_wrong_option_is_answered_in_a_sentence(line: str, sentence: str) -> None:
    with pytest.raises(VlyError) as caught:
        options_of(line)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 200


def test_an_unknown_command_gets_the_nearest_name() -> None:
    for wrong, right in [
        ("moutn", "mount"),
        ("Undo", "undo"),
        ("verions", "versions"),
        ("quit", "There is:"),
    ]:
        with pytest.raises(VlyError, match=right):
            command_of(wrong)


def test_help_tells_of_everything() -> None:
    text = help_text()
    for command in COMMANDS:
        assert command.usage in text
        about = help_text(command.name)
        assert command.summary in about
        assert command.example in about
        assert command_of(command.example.removeprefix("%vly"))[0] is command
    for option in OPTIONS:
        assert option.name in text
    assert command_of("undo?")[1] == "undo"


@given(st.text(max_size=60))
def test_any_line_is_understood_or_answered(line: str) -> None:
    for read in (command_of, options_of, split):
        try:
            read(line)
        except VlyError as error:
            assert error.message
            assert error.hint
