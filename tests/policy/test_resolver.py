"""The resolver: what is a query that nothing has ended, and what only looks like one."""

from __future__ import annotations

import pytest

from vly_nb.diagnostics import Severity
from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES

POLICY = Policy([r for r in RULES if r.id in ("no-db-filter", "no-collect")], functions="convex")

FILTER = "filter((q) => q.eq(q.field('a'), 1))"

QUERIES = {  # code, "no-db-filter" at this severity
    "plain": (f"ctx.db.query('t').{FILTER}", "error"),
    "after order": (f"ctx.db.query('t').order('desc').{FILTER}", "error"),
    "behind an index": (f"ctx.db.query('t').withIndex('i').{FILTER}", "warning"),
    "behind an index, then order": (f"ctx.db.query('t').withIndex('i').order('asc').{FILTER}", "warning"),
    "behind a search": (f"ctx.db.query('t').withSearchIndex('i', search).{FILTER}", "warning"),
    "awaited with a bang": (f"(await (ctx.db.query('t') as any)!).{FILTER}", "error"),
    "satisfies": (f"(ctx.db.query('t') satisfies any).{FILTER}", "error"),
    "assertion": (f"(<any>ctx.db.query('t')).{FILTER}", "error"),
    "optional chaining": (f"ctx?.db?.query('t')?.{FILTER}", "error"),
    "by brackets": ("ctx['db']['query']('t')['filter']((q) => true)", "error"),
    "system": (f"ctx.db.system.query('_storage').{FILTER}", "error"),
    "of this": (f"this.ctx.db.query('t').{FILTER}", "error"),
    "const": (f"const q = ctx.db.query('t'); const p = q; p.{FILTER}", "error"),
    "assigned again": (f"let q = ctx.db.query('t'); if (a) {{ q = q.{FILTER}; }}", "error"),
    "assigned again, index": (f"let q = ctx.db.query('t').withIndex('i'); q = q.{FILTER};", "warning"),
    "assigned later": (f"let q; if (a) q = ctx.db.query('t'); else q = db.query('u'); q.{FILTER}", "error"),
    "assigned from null": (f"let q: any = null; q = ctx.db.query('t'); q.{FILTER}", "error"),
    "one branch without": (
        f"const q = a ? ctx.db.query('t').withIndex('i') : ctx.db.query('t'); q.{FILTER}", "error"),
    "both branches with": (
        f"(a ? ctx.db.query('t').withIndex('i') : ctx.db.query('t').withIndex('j')).{FILTER}", "warning"),
    "or": (f"(given ?? ctx.db.query('t')).{FILTER}", "error"),
    "assignment inside": (f"let q; (q = ctx.db.query('t')).{FILTER}", "error"),
    "destructured": (f"const {{ db }} = ctx; db.query('t').{FILTER}", "error"),
    "destructured and renamed": (f"const {{ db: d }} = ctx; d.query('t').{FILTER}", "error"),
    "local": (f"const d = ctx.db; d.query('t').{FILTER}", "error"),
    "local system": (f"const s = ctx.db.system; s.query('t').{FILTER}", "error"),
    "local, cast": (f"const d = ctx.db as any; d.query('t').{FILTER}", "error"),
    "destructured parameter": (f"const f = async ({{ db }}, args) => db.query('t').{FILTER}", "error"),
    "renamed parameter": (f"const f = async ({{ db: d }}) => d.query('t').{FILTER}", "error"),
    "typed parameter": (f"function f(r: DatabaseReader) {{ return r.query('t').{FILTER}; }}", "error"),
    "plain parameter": (f"function f(db) {{ return db.query('t').{FILTER}; }}", "error"),
    "single arrow parameter": (f"const f = db => db.query('t').{FILTER}", "error"),
    "closure": (f"const q = ctx.db.query('t'); const f = () => {{ return q.{FILTER}; }}", "error"),
    "twice in a chain": (f"ctx.db.query('t').withIndex('i').{FILTER}.first()", "warning"),
    "generics": (f"ctx.db.query<'t'>('t').{FILTER}", "error"),
    "over lines with comments": (f"ctx.db // here\n  .query('t')\n  /* and */\n  .{FILTER}", "error"),
    "initialiser by type": (
        f"import {{ QueryInitializer }} from 'convex/server';\n(q: QueryInitializer<T>) => q.{FILTER}",
        "error",
    ),
    "query by type, renamed": (
        f"import type {{ OrderedQuery as O }} from 'convex/server';\nconst f = (q: O<T>) => q.{FILTER}",
        "warning",
    ),
}  # fmt: skip

OTHERS = [
    f"(await ctx.db.query('t').take(5)).{FILTER}",
    f"const rows = await ctx.db.query('t').take(5); rows.{FILTER}",
    f"let rows = await ctx.db.query('t').take(5); rows = rows.{FILTER}; rows.{FILTER}",
    f"const {{ page }} = await ctx.db.query('t').paginate(o); page.{FILTER}",
    f"(await ctx.db.query('t').paginate(o)).page.{FILTER}",
    f"const q = ctx.db.query('t'); function f(q) {{ return q.{FILTER}; }}",
    f"const q = ctx.db.query('t'); {{ const q = [1]; q.{FILTER}; }}",
    f"for (const q of rows) {{ q.{FILTER} }} const q = ctx.db.query('t');",
    f"const q = ctx.db.query('t'); try {{ }} catch (q) {{ q.{FILTER} }}",
    f"let q = ctx.db.query('t'); q = somethingElse(); q.{FILTER}",
    f"rows.{FILTER}",
    "filter(ctx.db.query('t'), (row) => row.a)",
    f"stream(ctx.db, schema).query('t').{FILTER}",
    "ctx.db.query('t').withIndex('i', (q) => q.eq('a', [1].filter(Boolean)[0])).take(3)",
    f"_(rows).{FILTER}",
    f"import db from './sqlite'; db.query('t').{FILTER}",
    f"declare const db: NotConvexDb; db.query('t').withIndex('i').{FILTER}",
    f"mergedStream([stream(ctx.db, schema).query('t').order('desc')], ['a']).{FILTER}",
    f"const db = new Pool(); db.query('t').{FILTER}",
    f"ctx.table('t').{FILTER}",
    f"const q = q.{FILTER}",
    f"let a = b, b = a; a.{FILTER}",
    f"(x + ctx.db.query('t')).{FILTER}",
    f"import {{ Query }} from './mine';\nfunction f(q: Query) {{ return q.{FILTER}; }}",
    f"ctx.db.filter((q) => true); ctx.db.get(id).{FILTER}",
    "const s = 'ctx.db.query(\"t\").filter(x)'; // ctx.db.query('t').filter(x).collect()",
    "ctx.db.query('t').filter",
]  # fmt: skip


@pytest.mark.parametrize(("code", "severity"), QUERIES.values(), ids=QUERIES.keys())
def test_a_query_is_seen(code: str, severity: str) -> None:
    found = [d for d in POLICY.lint("convex/a.ts", code) if d.code == "no-db-filter"]
    assert [d.severity for d in found] == [Severity(severity)]


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_no_query_is_left_alone(code: str) -> None:
    assert not POLICY.lint("convex/a.ts", code)


def test_each_filter_of_a_chain_is_one_complaint() -> None:
    code = f"ctx.db.query('t').{FILTER}.{FILTER}.collect()"
    assert [d.code for d in POLICY.lint("convex/a.ts", code)] == [
        "no-db-filter",
        "no-db-filter",
        "no-collect",
    ]


def test_the_message_names_the_table_where_there_is_no_index() -> None:
    (found,) = POLICY.lint("convex/a.ts", "ctx.db.query('tasks').collect()")
    assert '"tasks"' in found.message and "withIndex" in found.message and ".paginate" in found.message
    (found,) = POLICY.lint("convex/a.ts", "ctx.db.query('tasks').withIndex('i').collect()")
    assert "vly-allow no-collect" in found.message and "@convex-dev/aggregate" in found.message
