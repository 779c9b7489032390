"""Import motion from "framer-motion", the package that is installed.

`motion`, `react-spring` and `gsap` do the same, and are not in the project; two of them are twice
the weight.

Given

```json path=package.json
{ "name": "app", "dependencies": { "framer-motion": "^12.0.0" } }
```

Bad

```tsx path=src/pages/Home.tsx severity=warning
import { motion } from "motion/react";

export const Home = () => <motion.p>Hello</motion.p>;
```

```tsx path=src/pages/Home.tsx severity=warning
import { useSpring } from "@react-spring/web";
import gsap from "gsap";

export const all = [useSpring, gsap];
```

Good

```tsx path=src/pages/Home.tsx
import { motion } from "framer-motion";

export const Home = () => <motion.p>Hello</motion.p>;
```

```json path=package.json with
{ "name": "app", "dependencies": { "framer-motion": "^12.0.0", "motion": "^12.0.0" } }
```

```tsx path=src/pages/Home.tsx
// installed, so accepted
import { motion } from "motion/react";

export const Home = () => <motion.p>Hello</motion.p>;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity, TextEdit
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_OTHERS = re.compile(r"(motion|react-spring|@react-spring/[\w-]+|gsap|@gsap/react)(/.*)?")


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Imports of other packages for motion, where framer-motion is the one that is installed."""
    for statement in source.nodes("import_statement"):
        string = statement.field("source")
        module = unquoted(string)
        match = _OTHERS.fullmatch(module) if module is not None else None
        if string is None or match is None:
            continue
        packages = context.program.packages
        if "framer-motion" in packages and match[1] not in packages:
            same = match[1] == "motion" and module in ("motion", "motion/react")
            fix = (TextEdit(source.range(string), '"framer-motion"'),) if same else ()
            yield Finding(string, code=statement, fix=fix)


RULE = Rule(
    id="framer-motion-import",
    area="stack",
    severity=Severity.WARNING,
    scope=("src/**/*.{ts,tsx}", "!<fn>/**"),
    needs=("motion", "spring", "gsap"),
    message='Import { motion } from "framer-motion".',
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
