"""Keep both steps of the sign-in form: first the address, then the code together with the address.

Signing in by e-mail takes two calls of `signIn("email-otp", …)`. The first has the address and
sends the code; the second has the code *and* the address, mostly as
`<input type="hidden" name="email" value={email} />` in the form with the field `code`. When the
page is made prettier and one of these gets lost, the code is never taken for right.

Given

```ts path=src/convex/auth.ts
import { convexAuth } from "@convex-dev/auth/server";
import { emailOtp } from "./auth/emailOtp";

export const { auth, signIn, signOut, store } = convexAuth({ providers: [emailOtp] });
```

Bad

```tsx path=src/pages/Auth.tsx severity=warning
import { useAuth } from "@/hooks/use-auth";

export default function Auth() {
  const { signIn } = useAuth();
  return (
    <form onSubmit={(event) => void signIn("email-otp", new FormData(event.currentTarget))}>
      <input name="email" type="email" />
      <button type="submit">Send me a code</button>
    </form>
  );
}
```

```tsx path=src/pages/Auth.tsx severity=warning
import { useAuth } from "@/hooks/use-auth";
import { useState } from "react";

export default function Auth() {
  const { signIn } = useAuth();
  const [email, setEmail] = useState("");
  const submit = (event: any) => signIn("email-otp", new FormData(event.currentTarget));
  return email === "" ? (
    <form onSubmit={(event) => void submit(event).then(() => setEmail("x"))}>
      <input name="email" type="email" />
    </form>
  ) : (
    <form onSubmit={(event) => void submit(event)}>
      <input name="code" inputMode="numeric" />
    </form>
  );
}
```

Good

```tsx path=src/pages/Auth.tsx
import { InputOTP } from "@/components/ui/input-otp";
import { useAuth } from "@/hooks/use-auth";
import { useState } from "react";

export default function Auth() {
  const { signIn } = useAuth();
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");
  async function sendCode(event: any) {
    const formData = new FormData(event.currentTarget);
    await signIn("email-otp", formData);
    setEmail(String(formData.get("email")));
  }
  async function checkCode(event: any) {
    await signIn("email-otp", new FormData(event.currentTarget));
  }
  return email === "" ? (
    <form onSubmit={(event) => void sendCode(event)}>
      <input name="email" type="email" />
    </form>
  ) : (
    <form onSubmit={(event) => void checkCode(event)}>
      <input type="hidden" name="email" value={email} />
      <InputOTP name="code" maxLength={6} value={code} onChange={setCode} />
    </form>
  );
}
```

```tsx path=src/pages/Auth.tsx
import { useAuthActions } from "@convex-dev/auth/react";
import { useState } from "react";

// no forms' data: the two are passed by name
export default function Auth() {
  const { signIn } = useAuthActions();
  const [email, setEmail] = useState("");
  const [code, setCode] = useState("");
  return (
    <form onSubmit={() => void signIn("email-otp", code ? { email, code } : { email })}>
      <input value={email} onChange={(event) => setEmail(event.target.value)} />
      <input value={code} onChange={(event) => setCode(event.target.value)} />
    </form>
  );
}
```

```tsx path=src/pages/Auth.tsx
import { CodeForm } from "@/components/CodeForm";
import { useAuth } from "@/hooks/use-auth";

// the second form is a component of its own
export default function Auth() {
  const { signIn } = useAuth();
  return (
    <>
      <form onSubmit={(event) => void signIn("email-otp", new FormData(event.currentTarget))}>
        <input name="email" type="email" />
      </form>
      <CodeForm onCode={(data: FormData) => signIn("email-otp", data)} />
    </>
  );
}
```

```ts with path=src/convex/auth.ts
import { convexAuth } from "@convex-dev/auth/server";
import { Password } from "@convex-dev/auth/providers/Password";

export const { auth, signIn, signOut, store } = convexAuth({ providers: [Password] });
```

```tsx path=src/pages/Auth.tsx
import { useAuth } from "@/hooks/use-auth";

// a project that signs people in by password
export default function Auth() {
  const { signIn } = useAuth();
  return (
    <form onSubmit={(event) => void signIn("password", new FormData(event.currentTarget))}>
      <input name="email" type="email" />
      <input name="password" type="password" />
    </form>
  );
}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from vly_nb.diagnostics import Severity
from vly_nb.policy.constants import constant
from vly_nb.policy.functions import arguments, within
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted, unwrapped

_PROVIDER = "email-otp"
_NO_CODE = (
    'The step with the code is missing: after the address is sent, a second form with a field name="code" '
    'and <input type="hidden" name="email" value={email} /> calls signIn("email-otp", formData) again.'
)
_NO_EMAIL = (
    "The address must go along with the code: put "
    '<input type="hidden" name="email" value={email} /> into this form.'
)
_PARTS = re.compile(r"^@/components/ui/|/ui/|^lucide-react$|^react$|^framer-motion$|^motion")
_TAGS = ("jsx_opening_element", "jsx_self_closing_element")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """The two steps, where they can be seen."""
    program = context.program
    if not program.uses_convex_auth or not _has_provider(context):
        return
    calls = [call for call in source.calls_of("signIn") if _is_by_code(source, call)]
    if (
        not calls
        or not all(_is_form_data(source, arguments(call)[1]) for call in calls)
        or _is_shared(source, context)
    ):
        return
    fields = _fields(source)
    codes = fields.get("code", [])
    if not codes and not _is_set(source, "code"):
        yield Finding(calls[-1], _NO_CODE)
    for code in codes:
        form = next((above for above in code.ancestors() if _is_form(above)), None)
        emails = fields.get("email", [])
        if (
            form is not None
            and not any(within(email, form) for email in emails)
            and not _is_set(source, "email")
        ):
            yield Finding(code, _NO_EMAIL)


def _has_provider(context: Context) -> bool:
    """Whether the project signs in by a code sent by mail, as its template does."""
    text = context.program.read(f"{context.functions}/auth.ts") or ""
    return "emailOtp" in text or _PROVIDER in text


def _is_by_code(source: Source, call: SgNode) -> bool:
    given = arguments(call)
    return len(given) > 1 and constant(source, given[0]) == _PROVIDER


def _is_form_data(source: Source, node: SgNode) -> bool:
    """Whether all fields of a form are passed; what is passed by name can't be judged."""
    node = unwrapped(node)
    if node.kind() == "identifier":
        binding = source.scopes.find(node)
        if binding is not None and binding.type is not None:
            return binding.type.text().endswith("FormData")
        if binding is None or binding.value is None or binding.key is not None:
            return False
        node = unwrapped(binding.value)
    made = node.field("constructor") if node.kind() == "new_expression" else None
    return made is not None and made.text() == "FormData"


def _is_shared(source: Source, context: Context) -> bool:
    """Whether a part of the page is a component of the project that may hold a form."""
    for local, imported in source.imports.items():
        is_own = context.program.is_local(imported.module) or imported.module.startswith("@/")
        if not is_own or _PARTS.search(imported.module) or not local[:1].isupper():
            continue
        if any(_renders_form(source, node) for node in source.names.get(local, ())):
            return True
    return False


def _renders_form(source: Source, node: SgNode) -> bool:
    """Whether this is `<Local on…={…}>`: something is handed to it that it may call."""
    tag = node.parent()
    if tag is None or tag.kind() not in _TAGS or tag.field("name") != node:
        return False
    attributes = (part.text() for part in tag.named_children() if part.kind() == "jsx_attribute")
    return any(re.match(r"on[A-Z]|submit|signIn|handle", text) for text in attributes)


def _fields(source: Source) -> dict[str, list[SgNode]]:
    """The elements of the page by their attribute `name`."""
    found: dict[str, list[SgNode]] = {}
    for attribute in source.nodes("jsx_attribute", regex="^name"):
        parts = attribute.named_children()
        tag = attribute.parent()
        if len(parts) != 2 or parts[0].text() != "name" or tag is None:
            continue
        value = parts[1].named_children()[0] if parts[1].kind() == "jsx_expression" else parts[1]
        name = unquoted(value)
        if name is not None:
            found.setdefault(name, []).append(tag)
    return found


def _is_form(node: SgNode) -> bool:
    opening = node.field("open_tag") if node.kind() == "jsx_element" else None
    name = opening.field("name") if opening is not None else None
    return name is not None and name.text() in ("form", "Form")


def _is_set(source: Source, name: str) -> bool:
    """`formData.set("code", …)`, or append."""
    calls = source.calls("set", "append")
    return any(unquoted(given[0]) == name for call in calls if (given := arguments(call.node)))


RULE = Rule(
    id="auth-form-submit",
    area="auth-health",
    severity=Severity.WARNING,
    scope=("src/pages/Auth.tsx",),
    needs=(_PROVIDER,),
    message=_NO_CODE,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
