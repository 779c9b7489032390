"""Show pictures that are there, and say what is on them.

A placeholder's address, or a file that isn't in the project, is a broken picture in front of the
person. `alt` is read aloud to those who don't see it; `alt=""` for mere decoration.

Given

```svg path=public/assets/logo.svg
<svg />
```

Bad

```tsx path=src/pages/Home.tsx severity=warning
export const Home = () => (
  <main>
    <img src="https://via.placeholder.com/300" alt="a house" />
    <img src="/assets/gone.png" alt="a house" />
    <img src="" alt="" />
  </main>
);
```

```tsx path=src/components/Card.tsx severity=warning
export const Card = ({ url }: { url: string }) => <img src={url} className="w-full" />;
```

Good

```tsx path=src/pages/Home.tsx
import hero from "@/assets/hero.png";

export const Home = ({ url, more }: { url: string; more: object }) => (
  <main>
    <img src="/assets/logo.svg" alt="Our logo" />
    <img src={hero} alt="" />
    {/* what people uploaded is known only at run time */}
    <img src={url} alt="A photo" />
    <img {...more} />
    <img src="https://images.unsplash.com/photo-1" alt="Mountains" />
  </main>
);
```

```tsx path=src/components/Icon.tsx
export const Icon = () => <img src="data:image/png;base64,iVBORw0KGgo=" alt="" />;
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vly_nb.diagnostics import Severity
from vly_nb.policy.classes import attributes, elements, tag_of
from vly_nb.policy.rule import Context, Finding, Rule
from vly_nb.policy.source import Source, unquoted

_EMPTY = re.compile(
    r"(?:https?:)?//(?:[\w.-]*\.)?(?:via\.placeholder\.com|placehold(?:er|\.it|\.co|it)[\w.]*|placekitten\.com"
    r"|dummyimage\.com|example\.(?:com|org|net)|loremflickr\.com)\b.*|data:,?|#",
    re.I,
)
_PICTURE = re.compile(r"[^?#]+\.(?:png|jpe?g|gif|svg|webp|avif|ico)", re.I)


def check(source: Source, context: Context) -> Iterator[Finding]:
    """Every <img> with an address that shows nothing, and those without an alt."""
    for element in elements(source):
        if tag_of(element) != "img":
            continue
        held = attributes(element)
        spread = any(child.kind() == "jsx_expression" for child in element.children())
        if "alt" not in held and not spread:
            yield Finding(element, 'Say what is on the picture: alt="…", or alt="" for decoration.')
        node = held.get("src")
        address = unquoted(node)
        if node is not None and address is not None and _is_broken(address, context):
            yield Finding(node, f'"{address[:80]}" shows nothing. {_USE}', code=element)


def _is_broken(address: str, context: Context) -> bool:
    if not address.strip() or _EMPTY.fullmatch(address):
        return True
    if address.startswith("//") or ":" in address.split("/")[0]:
        return False
    path = address.removeprefix("./").split("?")[0].split("#")[0].lstrip("/")
    if _PICTURE.fullmatch(path) is None:
        return False
    there = {f"public/{path}", path, f"src/{path}"}
    return not there & context.program.paths


_USE = "Use a real picture: from public/assets, or an address that you know."

RULE = Rule(
    id="no-broken-image",
    area="frontend",
    severity=Severity.WARNING,
    scope=("src/**/*.tsx",),
    needs=("<img",),
    message=_USE,
    check=check,
    page=__doc__,
    refuses=False,
    alone=False,
)
