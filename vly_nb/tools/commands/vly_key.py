"""VLY_INTEGRATION_KEY in commands: it is configured automatically, and set by none (vly-key-untouched)."""

from __future__ import annotations

from tree_sitter import Node, Tree

NAME = "VLY_INTEGRATION_KEY"
SENTENCE = f"{NAME} is configured automatically: it is never set or removed from here."
_SETTERS = (["convex", "env", "set"], ["convex", "env", "remove"], ["convex", "env", "unset"])


def sets_vly_key(tree: Tree) -> bool:
    """Whether a command sets or removes it: `NAME=…`, `unset NAME`, `convex env set NAME`."""
    waiting = [tree.root_node] if NAME in _text(tree.root_node) else []
    while waiting:
        node = waiting.pop()
        if _sets(node):
            return True
        waiting.extend(node.children)
    return False


def _sets(node: Node) -> bool:
    if node.type == "variable_assignment":
        name = node.child_by_field_name("name")
        return name is not None and _text(name) == NAME
    words = [_text(child).strip("\"'") for child in node.named_children]
    if node.type == "unset_command":
        return NAME in words
    if node.type != "command" or not any(word.partition("=")[0] == NAME for word in words):
        return False
    plain = [word for word in words if not word.startswith("-")]
    return plain[0] == "env" or any(plain[at : at + 3] in _SETTERS for at in range(len(plain)))


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
