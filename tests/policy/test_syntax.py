"""The syntax gate's own opinion: valid modern TypeScript is never refused, the unmistakable is."""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path

import pytest

from vly_nb.policy.brackets import unbalanced
from vly_nb.policy.source import Source
from vly_nb.policy.syntax import broken, judged, suspects

VALID_TS = {
    "satisfies": "const a = { b: 1 } satisfies Record<string, number>;",
    "const type parameters": "function f<const T extends readonly unknown[]>(x: T): T { return x; }",
    "accessor": "class A { accessor x = 1; static accessor #y = 2; }",
    "decorators": "@sealed class A { @log() m(@inject(B) b: B) {} @field accessor z = 1 }",
    "decorated export": "@a @b.c() export class A {}",
    "generic arrow": "const f = <T>(x: T): T => x; const g = async <T,>(x: T) => x;",
    "regex with brackets": r"const r = /[({\[\]})]\/(/.test(s) ? /\)/g : /[/`'\"]/u; const n = a / b / c;",
    "regex after a word": r"function f() { return /[)}]/.test(x) } if (x) /{/.exec(y); typeof /\(/;",
    "template nesting": "const t = `a ${b ? `c ${d({ e: `}` })}` : '`'} f`;",
    "using": "async function f() { using a = open(); await using b = close(); }",
    "import attributes": 'import data from "./a.json" with { type: "json" };\nexport * from "./b" with {};',
    "import type": 'import type { A } from "a"; import { type B, C } from "b"; export type { A } from "a";',
    "import defer": 'import defer * as a from "a";',
    "optional chaining and bang": "const x = a?.b!.c?.[0]!?.(1)!; x!++;",
    "abstract constructors": "type C = abstract new (...args: any[]) => object; abstract class A { abstract x(): void }",
    "overloads": "function f(a: string): string;\nfunction f(a: number): number;\nfunction f(a: any) { return a; }",
    "enums": "const enum E { A = 1 << 0, B = A | 2, 'c-d' = `x`.length } declare enum F {}",
    "namespaces": "namespace A.B { export const x = 1 } declare global { interface Window { a: 1 } } declare module 'x';",
    "assertion functions": "function f(x: unknown): asserts x is string {} function g(this: A): asserts this {}",
    "triple slash": '/// <reference types="vite/client" />\n/// <reference path="a.d.ts" />\nexport {};',
    "tuples": "type T = [a: string, b?: number, ...rest: boolean[]]; type R = readonly string[];",
    "mapped": "type M<T> = { readonly [K in keyof T as `get${Capitalize<K & string>}`]-?: () => T[K] };",
    "infer extends": "type A<T> = T extends [infer H extends string, ...infer R] ? [H, ...A<R>] : never;",
    "variance": "interface A<in out T> { x: T } type B<out T> = () => T;",
    "instantiation": "const m = Map<string, number>; const e = f<string>; new Foo<A, B>();",
    "type assertion": "const a = <const>['x']; const b = <A<B>>c;",
    "unique symbol": "declare const s: unique symbol; const b: bigint = 10n; const n = 1_000.5e-3;",
    "class features": "class A { static { x(); } #p = 1; declare y: string; override z?(): void; readonly w!: 1; "
    "get [k]() { return #p in this } constructor(private readonly q = 1) { super() } }",
    "logical assignment": "a ??= b; c ||= d; e &&= f; g **= 2; h >>>= 1;",
    "labels and commas": "outer: for (let i = 0, j = 1; i < j; i++, j--) { continue outer }",
    "generators": "async function* f() { yield* g(); for await (const x of y) {} }",
    "getters in types": "interface A { get x(): number; set x(v: string | number); new (): A; (): void; [k: string]: any }",
    "import types": "type A = typeof import('./a'); let b: import('b').C<string>; import fs = require('fs');",
    "export forms": "export = a; export as namespace X; export * as y from 'y'; export { default } from 'z';",
    "object methods": "const o = { async *[Symbol.iterator]() {}, get a() { return 1 }, 'b-c': 1, 2: 3, async: 1, ...d };",
    "no semicolons": "const a = 1\nlet b = a\n;[1].map(f)\nreturnless()\nexport {}",
    "asi keywords": "let type = 1; const as = 2; let of = type; declare(namespace); function get() {} var async = 1",
    "arrow returning object": "const f = () => ({}); const g = (a: A): a is B => true; const h = async x => await x;",
    "conditional types of functions": "type F<T> = T extends (...a: infer A) => infer R ? (a: A) => R : (() => void)[];",
    "new target and meta": "function F() { return new.target } const u = import.meta.env.VITE_A; import('x');",
    "comments with quotes": "// don't { [ ( `\n/* it's \" ` */ const a = 1; /** {@link b} ( */",
    "line continuation": "const a = 'one \\\n two'; const b = \"\\\"\\u{1F600}\";",
    "hashbang": "#!/usr/bin/env node\nconsole.log(1);",
    "html like text": "const a = '<div>{'; const b = `</div>`; if (a<b && c>d) {}",
    "unicode names": "const größe = 1; const 変数 = größe; const $ = 変数, _ = $;",
    "satisfies chain": "export default { a: [] as const } satisfies Config as unknown as Other;",
    "private names and optional": "class A { #a?: string; m() { return this.#a?.b } }",
    "exponents and unary": "const a = (-1) ** 2, b = -a, c = +b, d = ~~c, e = !!d, f = void 0, g = a-- - --b;",
    "division that looks like regex": "const a = (b) / 2 / (c); const d = e[0] / f; const g = h++ / 2; const i = 1 /2/ 3;",
    "type only star": "export type * from './a'; export type * as B from './b';",
    "index signature modifiers": "type A = { -readonly [k in B]+?: C; readonly [x: number]: string };",
    "template types": "type A = `${B}-${C}`; let x: `a${string}`;",
    "long union": "type A =\n  | 'a'\n  | 'b'\n  & { c: 1 };",
    "override and static blocks": "class A extends B<C>['D'] implements E, F { static async *g() {} static readonly h = 1 }",
}  # fmt: skip

VALID_TSX = {
    "generic arrow": "const f = <T,>(x: T) => <p>{x as any}</p>; const g = <T extends unknown>(x: T) => x;",
    "entities": "const a = <p>Don&apos;t &amp; won't &nbsp;&lt; &#123; R&D & more</p>;",
    "apostrophes": "const a = <p>It's the user's \"best\" day — isn't it?</p>;",
    "smileys and brackets": "const a = <p>Hello :) and :( and [x and y]] (z</p>;",
    "fragments": "const a = <><A /><>b</></>;",
    "member tags": "const a = <Foo.Bar.Baz x-y='1' {...p} on:z={1}><this.C /></Foo.Bar.Baz>;",
    "typed element": "const a = <Select<Item> items={[]} render={(i: Item) => <b>{i.n}</b>} />;",
    "comments": "const a = <div>{/* don't { */}{\n// x }\n}</div>;",
    "nested conditions": "const a = <ul>{x && y.map((z) => z ? <li key={z}>{`${z}`}</li> : null)}</ul>;",
    "attribute strings": "const a = <p title=\"a > b's\" alt='\"' className={`a ${b ? 'c' : \"d\"}`}>x</p>;",
    "text with slashes": "const a = <p>http://example.com/a/b and 1/2 // no comment</p>;",
    "self closing in attributes": "const a = <A icon={<B size={1} />} b=<c/> />;",
    "style objects": "const a = <p style={{ color: 'red', [`--x`]: 1 }}>x</p>;",
    "greater than in handlers": "const a = <b onClick={() => { if (x > 1 && y < 2) z(); }}>x</b>;",
    "namespace": "const a = <svg:rect xlink:href='#a' />;",
    "line text": "const a = (\n  <p>\n    One, two:\n    {' '}\n    <b>three</b>.\n  </p>\n);",
    "bare ampersand": "const a = <h3>Rules & Cooldowns</h3>;",
    "emoji": "const a = <p>🎉 “quoted” … {'}'}</p>;",
    "satisfies in attribute": "const a = <A b={{ c: 1 } satisfies D} e={f!} g={h as I} />;",
    "hook generics": "const [a, setA] = useState<Array<Id<'tasks'>>>([]); const r = useRef<HTMLDivElement>(null);",
    "async component": "export default async function P({ a }: { a: Promise<{ b: string }> }) { return <p>{(await a).b}</p> }",
}  # fmt: skip

BROKEN = {
    "a.ts": {
        "open brace": ("function f() {\n  if (x) {\n    y();\n}\n", 1),
        "one brace too many": ("function f() {}\n}\n", 2),
        "open paren": ("foo(1, (2);\nbar();\n", 1),
        "wrong closer": ("const a = [1, 2);\n", 1),
        "open string": ('const a = 1;\nconst b = "abc;\nfoo();\n', 2),
        "open import": ("import { a } from 'b;\nfoo();\n", 1),
        "open template": ("const a = 1;\nconst b = `abc ${a};\nfoo();\n", 2),
        "open comment": ("foo();\n/* abc\nbar();\n", 2),
        "cut off": ("export const a = query({\n  args: {},\n  handler: async (ctx) => {\n    return", 3),
    },
    "a.tsx": {
        "open element": ("const a = (\n  <div>\n    <p>hi</p>\n);\n", 2),
        "closed wrongly": ("const a = (\n  <div>\n    <p>hi</div>\n);\n", 3),
        "closed too often": ("const a = <div></p></div>;\n", 1),
        "open brace in it": ("const a = <p>{b.map((c) => <i>{c}</i>)</p>;\nfoo();\n", 1),
        "open string in it": ("const a = \"b;\nconst c = <p>Don't</p>;\n", 1),
        "cut off": ("export default function A() {\n  return (\n    <div>\n      <p>", 2),
    },
    "a.json": {
        "comma": ('{\n  "a": 1,\n}\n', 3),
        "comment": ('{\n  // x\n  "a": 1\n}\n', 2),
        "empty": ("", 1),
    },
    "a.css": {"open": (".a {\n  color: red;\n", 1), "closed twice": (".a { color: red; }\n}\n", 2)},
    "vite.config.mjs": {"open": ("export default {\n  a: [1,\n};\n", 3)},
}

SOURCES = sorted(Path(__file__).parents[1].glob("project/sources/*"))


@pytest.mark.parametrize("path", ["a.ts", "a.mts"])
@pytest.mark.parametrize("code", VALID_TS.values(), ids=VALID_TS.keys())
def test_valid_typescript_is_not_refused(code: str, path: str) -> None:
    assert broken(path, code) is None
    assert broken(path, f"{SOURCES[-1].read_text('utf-8')}\n{code}\n{code}\n") is None


@pytest.mark.parametrize("code", VALID_TSX.values(), ids=VALID_TSX.keys())
def test_valid_tsx_is_not_refused(code: str) -> None:
    assert broken("a.tsx", code) is None
    assert broken("a.tsx", f"{SOURCES[1].read_text('utf-8')}\n{code}\n{code}\n") is None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_real_sources_are_not_refused(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not suspects(Source(path.name, text))
    assert broken(path.name, text) is None
    assert unbalanced(text) is None
    assert broken(path.name, text.replace("\n", "\r\n")) is None


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param(path, text, line, id=f"{path}-{name}")
        for path, cases in BROKEN.items()
        for name, (text, line) in cases.items()
    ],
)
def test_the_unmistakable_is_refused_with_its_place(path: str, text: str, line: int) -> None:
    found = broken(path, text)
    assert found is not None
    assert found.range is not None and found.range.line == line
    assert f"line {line}" in found.message and found.snippet in found.message


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("src/a.ts", "script"),
        ("src/a.tsx", "script"),
        ("a.cjs", "script"),
        ("package.json", "json"),
        ("components.json", "json"),
        ("tsconfig.json", ""),
        ("apps/tsconfig.app.json", ""),
        ("jsconfig.json", ""),
        (".vscode/settings.json", ""),
        ("a.jsonc", ""),
        ("src/index.css", "css"),
        ("index.html", ""),
        ("README.md", ""),
        ("Makefile", ""),
    ],
)
def test_how_a_file_is_judged(path: str, how: str) -> None:
    assert judged(path) == how


@pytest.mark.parametrize(
    "css",
    [
        '@import "tailwindcss";\n@theme inline { --a: oklch(1 0 0); }\n.a { content: "}"; }\n/* { */\n',
        "@media (width > 1px) { .a\\:b { background: url(data:image/svg+xml;{); } }\n",
        ".a { &:hover { color: red } .b & { } }\n",
    ],
)
def test_valid_css_is_not_refused(css: str) -> None:
    assert broken("a.css", css) is None


def test_a_line_of_any_length_and_an_empty_file_are_no_syntax_errors() -> None:
    assert broken("a.ts", "") is None
    assert broken("a.ts", "\n\n") is None
    assert broken("a.ts", "const a = [" + "1," * 50_000 + "];") is None
