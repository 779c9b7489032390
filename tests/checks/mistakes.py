"""Sixty mistakes, each put into the template by itself: what the gate finds, the fast lane has to find.

30 of types, 15 of the backend, 15 of the front end. `found` is what the gate said first (`python -m
benchmarks mistakes` prints it): a file, and the code of the complaint about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mistake:
    """`old` becomes `new` in a file: "" stands for its end, None for a file that isn't there, before or after."""

    kind: str
    path: str
    old: str | None
    new: str | None
    found: str

    @contextmanager
    def made(self, root: Path) -> Iterator[None]:
        """The project with the mistake in it, while the block runs."""
        place = root / self.path
        before = place.read_bytes() if place.exists() else None
        text = (before or b"").decode()
        try:
            if self.new is None:
                place.unlink()
            else:
                place.write_text(text.replace(self.old, self.new, 1) if self.old else f"{text}\n{self.new}\n")
            yield
        finally:
            if before is None:
                place.unlink()
            else:
                place.write_bytes(before)


MISTAKES = (
    Mistake("types", "src/lib/utils.ts", "return twMerge(clsx(inputs));", "return clsx(inputs).length;", ""),
    Mistake("types", "src/lib/utils.ts", "", "export const limit: number = \"10\";", ""),
    Mistake("types", "src/lib/utils.ts", "", "export function first(list: string[]): string {\n  return list.find((one) => one);\n}", ""),
    Mistake("types", "src/lib/utils.ts", "", "export const upper = (text?: string) => text.toUpperCase();", ""),
    Mistake("types", "src/lib/utils.ts", "", "export const missing = notDefined + 1;", ""),
    Mistake("types", "src/lib/utils.ts", "", "export const joined = cn(\"a\", 5n, Symbol(\"b\"));", ""),
    Mistake("types", "src/lib/utils.ts", "", "export function untyped(value) {\n  return value;\n}", ""),
    Mistake("types", "src/lib/utils.ts", "fallback = \"Something went wrong. Please try again.\",", "fallback: number,", ""),
    Mistake("types", "src/lib/site.ts", "export const APP_NAME = \"My app\";", "export const APP_TITLE = \"My app\";", ""),
    Mistake("types", "src/lib/site.ts", "\"My app\"", "42", ""),
    Mistake("types", "src/lib/convex.ts", "new ConvexReactClient(address) : null", "new ConvexReactClient(address) : undefined", ""),
    Mistake("types", "src/lib/convex.ts", "import.meta.env.VITE_CONVEX_URL", "import.meta.environment.VITE_CONVEX_URL", ""),
    Mistake("types", "src/hooks/use-theme.ts", "export type Theme = \"light\" | \"dark\";", "export type Theme = \"light\" | \"dim\";", ""),
    Mistake("types", "src/hooks/use-theme.ts", "return { theme, setTheme };", "return { theme };", ""),
    Mistake("types", "src/hooks/use-theme.ts", "const listeners = new Set<() => void>();", "const listeners = new Set<(theme: Theme) => void>();", ""),
    Mistake("types", "src/hooks/use-theme.ts", "function setTheme(theme: Theme) {", "function setTheme(theme: Theme, later: boolean) {", ""),
    Mistake("types", "src/components/PriorityBadge.tsx", "{ value: \"low\", label: \"Someday\" },", "{ value: \"lowest\", label: \"Someday\" },", ""),
    Mistake("types", "src/components/PriorityBadge.tsx", "export type Priority = Doc<\"tasks\">[\"priority\"];", "export type Priority = Doc<\"tasks\">[\"urgency\"];", ""),
    Mistake("types", "src/components/PriorityBadge.tsx", "export type Priority = Doc<\"tasks\">[\"priority\"];", "type Priority = Doc<\"tasks\">[\"priority\"];", ""),
    Mistake("types", "src/components/TaskItem.tsx", "const { title, notes, priority, isDone } = task;", "const { title, notes, priority, isDone, due } = task;", ""),
    Mistake("types", "src/components/TaskItem.tsx", "await create({ title, notes, priority });", "await create({ title, notes });", ""),
    Mistake("types", "src/components/TaskItem.tsx", "await setDone({ taskId, isDone });", "await setDone({ taskId: task.title, isDone });", ""),
    Mistake("types", "src/components/NewTaskForm.tsx", "useState<Priority>(\"normal\")", "useState<Priority>(\"medium\")", ""),
    Mistake("types", "src/components/NewTaskForm.tsx", "setTitle(event.target.value)", "setTitle(event.target.checked)", ""),
    Mistake("types", "src/pages/Tasks.tsx", "return `${open.length} things are waiting for you.`;", "return open.length;", ""),
    Mistake("types", "src/pages/Tasks.tsx", "summary(tasks?.open)", "summary(tasks.open)", ""),
    Mistake("types", "vite.config.ts", "", "export const port: string = 5173;", ""),
    Mistake("types", "tsconfig.app.json", "\"strict\": true,", "\"strict\": true,\n    \"strictest\": true,", ""),
    Mistake("types", "tsconfig.json", "\"./tsconfig.node.json\"", "\"./tsconfig.server.json\"", ""),
    Mistake("types", "src/lib/broken.ts", None, "export const open = (1 + ;\n", ""),
    Mistake("convex", "src/convex/tasks.ts", "", "import { helper } from \"./nowhere\";\nexport const used = helper;", ""),
    Mistake("convex", "src/convex/tasks.ts", ".withIndex(\"by_userId_and_isDone\", (q) => q.eq(\"userId\", userId))", ".withIndex(\"by_user\", (q) => q.eq(\"userId\", userId))", ""),
    Mistake("convex", "src/convex/tasks.ts", "isDone: args.isDone });", "done: args.isDone });", ""),
    Mistake("convex", "src/convex/tasks.ts", "ctx.db.insert(\"tasks\", {", "ctx.db.insert(\"task\", {", ""),
    Mistake("convex", "src/convex/tasks.ts", "", "export const broken = query({ args: { title: v.text() }, handler: async () => null });", ""),
    Mistake("convex", "src/convex/tasks.ts", "", "if (MAX_OPEN > 100) {\n  throw new Error(\"too many\");\n}", ""),
    Mistake("convex", "src/convex/tasks.ts", "", "import { readFileSync } from \"node:fs\";\nexport const read = () => readFileSync(\"a\");", ""),
    Mistake("convex", "src/convex/schema.ts", "notes: v.string(),", "remarks: v.string(),", ""),
    Mistake("convex", "src/convex/schema.ts", "[\"userId\", \"isDone\"]", "[\"userId\", \"finished\"]", ""),
    Mistake("convex", "src/convex/schema.ts", "v.literal(\"high\"),", "v.literal(\"urgent\"),", ""),
    Mistake("convex", "src/convex/seed.ts", "export const run = internalMutation({", "export const run = internalMutation({\n  kind: 1,", ""),
    Mistake("convex", "src/convex/users.ts", "import type { Doc, Id } from", "import type { Doc, Id, Ref } from", ""),
    Mistake("convex", "src/convex/http.ts", "export default http;", "export default {};", ""),
    Mistake("convex", "src/convex/mail.ts", None, "\"use node\";\nimport { query } from \"./_generated/server\";\n\nexport const list = query({ args: {}, handler: async () => null });\n", ""),
    Mistake("convex", "src/convex/seed.ts", None, None, ""),
    Mistake("front end", "src/pages/Tasks.tsx", "useQuery(api.tasks.list)", "useQuery(api.tasks.all)", ""),
    Mistake("front end", "src/pages/Tasks.tsx", "useQuery(api.tasks.list)", "useQuery(api.tasks.list, { limit: 5 })", ""),
    Mistake("front end", "src/pages/Tasks.tsx", "<TaskItem key={task._id} task={task} />", "<TaskItem key={task._id} item={task} />", ""),
    Mistake("front end", "src/pages/Tasks.tsx", "<NewTaskForm />", "<NewTaskFrom />", ""),
    Mistake("front end", "src/pages/Tasks.tsx", "</TabsContent>\n      <TabsContent", "<TabsContent", ""),
    Mistake("front end", "src/pages/Tasks.tsx", "@/components/EmptyState", "@/components/Empty", ""),
    Mistake("front end", "src/pages/Tasks.tsx", "ListTodoIcon } from", "ListTodosIcon } from", ""),
    Mistake("front end", "src/components/TaskItem.tsx", "variant=\"destructive\"", "variant=\"danger\"", ""),
    Mistake("front end", "src/components/TaskItem.tsx", "onCheckedChange={() =>", "onCheckedChange={(checked: string) =>", ""),
    Mistake("front end", "src/components/EmptyState.tsx", "children?: ReactNode;", "children: ReactNode;", ""),
    Mistake("front end", "src/components/PageLayout.tsx", "useEffect, type ReactNode", "type ReactNode", ""),
    Mistake("front end", "src/components/PageLayout.tsx", "tabIndex={-1}", "tabIndex=\"first\"", ""),
    Mistake("front end", "src/main.tsx", "element={<Landing />}", "element={Landing}", ""),
    Mistake("front end", "src/pages/NotFound.tsx", "<Link to=\"/\">", "<Link href=\"/\">", ""),
    Mistake("front end", "src/components/ErrorBoundary.tsx", "this.props.children", "this.props.content", ""),
)
