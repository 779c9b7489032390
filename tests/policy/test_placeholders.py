"""What stands for code that nobody has written, and what is an ordinary comment."""

from __future__ import annotations

import pytest

from vly_nb.policy.placeholders import placeholders
from vly_nb.policy.source import Source

PLACEHOLDERS = [
    "...",
    "…",
    "... rest of the code",
    "... rest of the component remains the same ...",
    "...rest of your code",
    "... existing code ...",
    "... existing imports",
    "… other handlers",
    "... (unchanged)",
    "... same as before",
    "... keep the existing state here",
    "existing code (unchanged)",
    "Existing code here",
    "existing imports...",
    "existing logic remains unchanged",
    "other routes go here",
    "previous handlers unchanged",
    "the rest of the code",
    "rest of the component",
    "Rest of your code here",
    "rest of the page stays the same",
    "remaining methods unchanged",
    "the implementation remains the same",
    "remains the same",
    "everything else stays the same",
    "keep the rest",
    "Keep the rest of the code unchanged",
    "keep existing code",
    "keep all other imports",
    "same as before",
    "unchanged",
    "TODO: implement",
    "TODO implement this",
    "todo(ann): implement sorting",
    "FIXME - implement",
    "your code here",
    "Your code goes here",
    "add your logic here",
    "implementation goes here",
    "insert the validation code here",
    "not implemented",
    "Not yet implemented.",
    "to be implemented",
    "rest omitted for brevity",
    "code truncated for brevity",
    "<- leave original code here ->",
]

ORDINARY = [
    "the rest of the list is sorted",
    "passes ...rest on to the button",
    "...rest goes to the button",
    "spread the other props",
    "TODO list page",
    "TODO: rename this",
    "the existing user keeps the role",
    "existing users",
    "other routes",
    "previous state",
    "remaining fields",
    "keep existing sessions alive",
    "keep the rest of the tokens for the next pass",
    "the id remains the same across renders",
    "stays here until it is signed in",
    "wait for it ...",
    "loading... then shown",
    "sorting is not implemented by the server",
    "the code is sent by e-mail",
    "enter the code here to sign in",
    "we add the code here because the router needs it",
    "rest parameters",
    "the rest of the page",
    "same as above",
    "implements the interface",
    "the state here is per tab",
    "for brevity we use one letter",
    "keep in sync with schema.ts",
    "see existing code in auth.ts",
    "no changes are written before this line",
    "eslint-disable-next-line",
    "unchanged rows are skipped",
]


@pytest.mark.parametrize("words", PLACEHOLDERS)
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("a.ts", "f();\n  // {}\ng();\n"),
        ("a.ts", "f();\n/* {} */\n"),
        ("a.ts", "f();\n/*\n * {}\n */\n"),
        ("a.tsx", "const a = <div>\n  {{/* {} */}}\n</div>;\n"),
        ("a.css", ".a {{ color: red }}\n/* {} */\n"),
        ("a.html", "<p>x</p>\n<!-- {} -->\n"),
    ],
)
def test_a_placeholder_is_found_in_every_kind_of_comment(words: str, path: str, form: str) -> None:
    assert placeholders(Source(path, form.format(words))), words


@pytest.mark.parametrize("words", ORDINARY)
def test_an_ordinary_comment_is_none(words: str) -> None:
    assert not placeholders(Source("a.ts", f"f();\n  // {words}\ng(); // {words}\n"))
    assert not placeholders(Source("a.tsx", f"const a = <p>{{/* {words} */}}</p>;\n"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", "const s = '// ... rest of the code'; const t = `/* existing code */`;"),
        ("a.tsx", 'const a = <input placeholder="... rest of the code" />;'),
        ("a.tsx", "const a = <p>... rest of the code {/* shown */} existing code (unchanged)</p>;"),
        ("a.tsx", "const a = ({ b, ...rest }: P) => <B {...rest} />;"),
        ("a.ts", "/**\n * Like this:\n *   // ... rest of the code\n *   ...\n */\nexport const a = 1;"),
        ("a.ts", "return text; // unchanged\nf(); // ...\n"),
        ("a.md", "Write `// ... existing code` and then\n<!-- ... -->\n"),
        ("a.css", '.a::after { content: "... rest of the code"; }'),
        ("a.ts", "const f = () => {};\nfunction g() {}\n"),
        ("a.ts", "function f() { if (x) { throw new Error('not implemented'); } return 1; }"),
        ("a.ts", "const f = () => { throw new Error('Todo not found'); };"),
        ("a.ts", "const f = () => { throw new Error('The code is wrong'); };"),
        ("a.ts", "if (x) { throw new Error('Not implemented'); }"),
        ("a.ts", "function f() { /* nothing to do */ }"),
    ],
)
def test_what_is_no_comment_or_no_stub_is_left_alone(path: str, text: str) -> None:
    assert not placeholders(Source(path, text))


@pytest.mark.parametrize(
    "text",
    [
        "export const f = async () => { throw new Error('Not implemented'); };",
        "function f() {\n  // later\n  throw new Error('not yet implemented');\n}",
        "class A { m() { throw new Error(`TODO`); } }",
        "const f = mutation({ handler: async (ctx) => { throw new Error('TODO: sort'); } });",
        "function f() { throw new NotFound('unimplemented') }",
        "export function f() {\n  // TODO\n}",
        "const f = () => { /* todo: send the mail */ };",
        "async function f() {\n  // Your code here\n}",
    ],
)
def test_a_function_that_does_nothing_yet_is_one(text: str) -> None:
    assert len(placeholders(Source("a.ts", text))) == 1
