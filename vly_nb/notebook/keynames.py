"""Key names: which keys vly and the app may use, by name. A value never comes this way."""

from __future__ import annotations

from vly_nb.notebook.protocol import KeyData, KeyList
from vly_nb.notebook.visible import one_line
from vly_nb.project.env_files import is_public_name
from vly_nb.project.keys import ENVIRONMENT, MODEL_KEYS, VAULT
from vly_nb.session import Session


def key_list(session: Session) -> KeyList:
    """The keys that are there, those of the model first, and the names of those that are missing."""
    places: dict[str, list[str]] = {}
    for key in session.keys.listed():
        places.setdefault(key.name, []).append(key.where)
    there = [
        KeyData(name=name, where=one_line(", ".join(map(where, at))), kept=VAULT in at)
        for name, at in sorted(places.items(), key=lambda one: (one[0] not in MODEL_KEYS, one[0]))
    ]
    model = () if places.keys() & set(MODEL_KEYS) else MODEL_KEYS[:1]
    named = [name for name in session.keys.example_names() if name not in session.stack.variables]
    missing = [name for name in (*model, *named) if name not in places and not is_public_name(name)]
    return KeyList(keys=[*(KeyData(name=name) for name in missing), *there], notes=remarks(session))


def where(place: str) -> str:
    """A key's place in words."""
    if place == VAULT:
        return "vault"
    if place == ENVIRONMENT:
        return "the environment of this notebook's kernel"
    return f"{place} (masked; %vly keys import moves it into the vault)"


def meant(name: str, typed: str) -> str:
    """What was meant by what was typed: `NAME=value` was pasted whole, or quotes came along."""
    text = typed.strip().removeprefix("export ").removeprefix(f"{name}=").strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"`" else text


def remarks(session: Session) -> list[str]:
    """What a person should know of the keys when the project is opened."""
    trouble = session.keys.trouble
    if trouble is not None:
        return [str(trouble)]
    lines = []
    if (former := session.keys.vault.former()) is not None:
        names = ", ".join(former.names[:8])
        why = "is no longer there" if former.moved else "is still there"
        lines.append(
            f"There are keys of {former.project}, which {why}: {names}. If this is that project, "
            "%vly keys adopt takes them over."
        )
    files = dict.fromkeys(key.where for key in session.keys.listed() if key.where not in (VAULT, ENVIRONMENT))
    if files:
        lines.append(
            f"Keys lie in {', '.join(files)}: masked, which is second best. %vly keys import moves them out."
        )
    return lines
