"""select-item-value: names and values that its page doesn't show."""

from __future__ import annotations

import pytest

from vly_nb.policy.policy import Policy
from vly_nb.policy.rules import RULES

HEAD = 'import { SelectItem } from "@/components/ui/select";\n'


def severities(code: str, head: str = HEAD) -> list[str]:
    policy = Policy([r for r in RULES if r.id == "select-item-value"], functions="src/convex")
    return [
        str(d.severity)
        for d in policy.lint("src/a.tsx", f"{head}const NONE = '';\nexport const a = {code};\n")
    ]


@pytest.mark.parametrize(
    ("code", "want"),
    [
        ('<SelectItem value=""/>', ["error"]),
        ("<SelectItem value='' disabled>x</SelectItem>", ["error"]),
        ("<SelectItem value={NONE}>x</SelectItem>", ["error"]),
        ("<SelectItem value={undefined}>x</SelectItem>", ["error"]),
        ("<SelectItem value={('' as string)}>x</SelectItem>", ["error"]),
        ("<SelectItem disabled>x</SelectItem>", ["error"]),
        ("<SelectItem value={a ? '' : 'b'}>x</SelectItem>", ["warning"]),
        ("<SelectItem value={a || ''}>x</SelectItem>", ["warning"]),
        ("<SelectItem value={a ?? NONE}>x</SelectItem>", ["warning"]),
        ("['', 'b'].map((o) => <SelectItem value={o}/>)", ["error"]),
        ("[{ value: '', n: 1 }].map(({ value }) => <SelectItem value={value}/>)", ["error"]),
        ("[{ id: '', n: 1 }].map(({ id: value }) => <SelectItem value={value}/>)", ["error"]),
        ("[{ id: '', n: 1 }].map((o) => <SelectItem value={o['id']}/>)", ["error"]),
        ("[''].map((o, index) => <SelectItem value={index}/>)", []),
        ("[{ value: 'a' }].map((o) => <SelectItem value={o.value}/>)", []),
        ("<SelectItem {...props}/>", []),
        ("<SelectItem value='a'/>", []),
        ("<SelectItem value={a || 'none'}/>", []),
        ("<SelectItem value={`x${a}`}/>", []),
        ("<Item value=''/>", []),
    ],
)
def test_values(code: str, want: list[str]) -> None:
    assert severities(code) == want


@pytest.mark.parametrize(
    "head",
    [
        'import { SelectItem as Item } from "../components/ui/select";\n',
        'import { Item } from "@radix-ui/react-select";\n',
        'import * as S from "@radix-ui/react-select";\nconst Item = S.Item;\n',
        'import { SelectItem } from "@/components/ui/select";\nconst Item = SelectItem;\n',
        'import { Select as S } from "radix-ui";\nconst Item = S.Item;\n',
    ],
)
def test_aliases(head: str) -> None:
    assert severities('<Item value=""/>', head) == ["error"]


@pytest.mark.parametrize(
    "head", ['import { Item } from "@/components/ui/menu";\n', 'import { Item } from "radix-ui";\n', ""]
)
def test_other_items(head: str) -> None:
    assert severities('<Item value=""/>', head) == []
