"""Extension: `%load_ext vly_nb` puts `%vly` and `%%vly` into a shell.

A cell has to be awaited, so that the kernel's loop turns while vly works, and a
prompt has to arrive to the letter. Both are done where IPython reads a cell: one
hook takes a `%%vly` cell before anything else touches its text, another puts
`await` in front of the calls that magics become.

Loading costs a few milliseconds: this file imports nothing heavy, and
`vly_nb.notebook.magics`, which does, is imported by the first command.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from importlib import import_module
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import MAGIC_NO_VAR_EXPAND_ATTR

from vly_nb.notebook.imports import Careful
from vly_nb.notebook.lines import help_text

_CELL = re.compile(r"%%vly(?=[ \t\r\n]|\Z)")
_QUESTION = re.compile(r"^([ \t]*)%vly[ \t]+(\S.*\?)[ \t]*$")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_CALLS = {"run_line_magic", "run_cell_magic"}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_loaded: WeakKeyDictionary[InteractiveShell, Extension] = WeakKeyDictionary()


def load(shell: InteractiveShell) -> None:
    """Register everything; nothing when it is already there."""
    if shell not in _loaded:
        _loaded[shell] = Extension(shell)


def unload(shell: InteractiveShell) -> None:
    """Take everything back and let go of the project."""
    if (extension := _loaded.pop(shell, None)) is not None:
        extension.remove()


def desk_of(shell: InteractiveShell) -> Any:
    """The desk of a shell that has loaded vly, else None."""
    extension = _loaded.get(shell)
    return None if extension is None else extension.magics.desk


class Pending:
    """What a magic answers: work that starts when it is awaited."""

    def __init__(self, start: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._start = start

    def __await__(self) -> Generator[Any, Any, None]:
        return self._start().__await__()

    def __repr__(self) -> str:
        return (
            "vly: nothing was run. Use %vly at the top level of a cell, not in a function; "
            "and if %autoawait is off, switch it on."
        )


class Extension:
    """All that is registered with one shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self._magics: Any = None
        self._importing = Lock()
        self.in_cell = False

        def line_magic(line: str) -> Pending:
            return Pending(lambda: self.magics.line(line))

        def cell_magic(line: str, cell: str) -> Pending:
            return Pending(lambda: self.magics.cell(line, cell))

        line_magic.__doc__ = cell_magic.__doc__ = help_text()
        for magic in (line_magic, cell_magic):
            setattr(magic, MAGIC_NO_VAR_EXPAND_ATTR, True)
        # An IPython decorator marks the function: a bound method can't be marked.
        self.matcher: Any = context_matcher(identifier="vly")(lambda context: self.completions(context))
        register: Any = shell.register_magic_function
        register(line_magic, "line", "vly")
        register(cell_magic, "cell", "vly")
        shell.input_transformers_cleanup.insert(0, to_the_letter)
        shell.input_transformers_post.append(self.awaited)
        shell.Completer.custom_matchers.append(self.matcher)
        if (comms := self._comms()) is not None:
            comms.register_target("vly", self.connect)
        shell.events.register("pre_run_cell", self._begun)
        shell.events.register("post_run_cell", self._over)
        self.careful = Careful()
        sys.meta_path.insert(0, self.careful)

    def remove(self) -> None:
        """Take back what was registered."""
        shell = self.shell
        for kind in ("line", "cell"):
            shell.magics_manager.magics[kind].pop("vly", None)
        shell.input_transformers_cleanup.remove(to_the_letter)
        shell.input_transformers_post.remove(self.awaited)
        shell.Completer.custom_matchers.remove(self.matcher)
        shell.events.unregister("pre_run_cell", self._begun)
        shell.events.unregister("post_run_cell", self._over)
        sys.meta_path.remove(self.careful)
        if (comms := self._comms()) is not None:
            comms.targets.pop("vly", None)
        if self._magics is not None:
            self._magics.release()

    @property
    def magics(self) -> Any:
        """The commands, imported when the first one is used."""
        with self._importing:  # a panel asks from a thread of its own
            if self._magics is None:
                self._magics = import_module("vly_nb.notebook.magics").Magics(
                    self.shell, lambda: self.in_cell
                )
            return self._magics

    def connect(self, comm: Any, message: dict[str, Any]) -> None:
        """A panel opened our comm."""
        import_module("vly_nb.notebook.comms").connect(self.magics.desk, comm, message)

    def _begun(self, info: Any) -> None:
        self.in_cell = True

    def _over(self, result: Any) -> None:
        self.in_cell = False
        if self._magics is not None:
            self._magics.desk.hub.soon(self._magics.desk.hub.touch)

    def _comms(self) -> Any:
        """The kernel's comms; None in a terminal."""
        return getattr(getattr(self.shell, "kernel", None), "comm_manager", None)

    def awaited(self, lines: list[str]) -> list[str]:
        """An IPython hook: `await` in front of our magics' calls."""
        return with_await(lines) if self.shell.autoawait else lines

    def completions(self, context: CompletionContext) -> SimpleMatcherResult:
        """An IPython matcher: what Tab offers on a `%vly` line and in a `%%vly` cell."""
        line = context.text_until_cursor
        above = context.full_text.split("\n")[: context.cursor_line]
        before = "\n".join([*above, line])
        in_cell = bool(_CELL.match(context.full_text.lstrip()))
        if not in_cell and not re.match(r"\s*%vly[ \t]", line):
            return {"completions": []}
        session = None if self._magics is None else self._magics.session
        complete = import_module("vly_nb.notebook.completion").complete
        fragment, found = complete(before.lstrip() if in_cell else line.lstrip(), session)
        return {
            "completions": [SimpleCompletion(text, type=kind) for text, kind in found],
            "matched_fragment": fragment,
            "suppress": True,
            "ordered": True,
        }


def to_the_letter(lines: list[str]) -> list[str]:
    """Take a `%%vly` cell as it is, and a `%vly` line that ends with a question mark.

    IPython would dedent such a cell, strip `>>>` and `...` from its lines and
    empty those that hold only blanks, and it takes `%vly next is it blue?` for a
    wish for help.
    """
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines and _CELL.match(lines[start]):
        options = lines[start].removeprefix("%%vly").strip()
        body = "".join(lines[start + 1 :])
        return [f"get_ipython().run_cell_magic('vly', {options!r}, {body or chr(10)!r})\n"]
    quoted = False
    done = []
    for line in lines:
        asked = None if quoted else _QUESTION.match(line.rstrip("\r\n"))
        quoted = quoted or '"""' in line or "'''" in line
        done.append(f"{asked[1]}get_ipython().run_line_magic('vly', {asked[2]!r})\n" if asked else line)
    return done


# In a terminal a cell goes on until an empty line: `check_complete` must see it as it is typed.
to_the_letter.has_side_effects = True  # type: ignore[attr-defined]


def with_await(lines: list[str]) -> list[str]:
    """Put `(await …)` around every call of our magics that stands where one may await."""
    text = "".join(lines)
    if "'vly'" not in text:
        return lines
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return lines  # Python says what is wrong, and better
    rows = [line.encode() for line in _LINE.findall(text)]  # as Python counts them
    for call in sorted(_magic_calls(tree), key=lambda c: (c.lineno, c.col_offset), reverse=True):
        end_row, end = (call.end_lineno or call.lineno) - 1, call.end_col_offset or 0
        rows[end_row] = rows[end_row][:end] + b")" + rows[end_row][end:]
        row, at = call.lineno - 1, call.col_offset
        rows[row] = rows[row][:at] + b"(await " + rows[row][at:]
    return [row.decode() for row in rows]


def _magic_calls(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*_DEFINITIONS, *_COMPREHENSIONS, ast.Await)):
            continue
        if isinstance(child, ast.Call) and _is_ours(child):
            yield child
        else:
            yield from _magic_calls(child)


def _is_ours(call: ast.Call) -> bool:
    """`get_ipython().run_line_magic('vly', …)` or its sister."""
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=name),
            args=[ast.Constant(value="vly"), *_],
        ):
            return name in _CALLS
    return False
