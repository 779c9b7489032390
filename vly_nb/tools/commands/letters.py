"""A word of bash as its letters, each with whether it was quoted; braces and patterns follow from that."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from vly_nb.tools.commands.command import Unlisted, Word

Letters = list[tuple[str, bool]]  # each letter, and whether it was quoted
Expand = Callable[[Node], Letters]
"""What an expansion (`$x`, `$(…)`, `$'…'`) comes to, or an exception."""

GLOB = "*?["
MANY = 200  # words that braces may make of one


def letters_of(node: Node, expand: Expand) -> Letters:
    """A word's letters; `expand` is asked about every part that isn't plain."""
    text = text_of(node)
    match node.type:
        case "word" | "number":
            return unescaped(text)
        case "raw_string":
            return quoted(text[1:-1])
        case "string":
            return _within_quotes(node, expand)
        case "concatenation":
            return [letter for child in node.children for letter in letters_of(child, expand)]
        case "command_name":
            return letters_of(node.children[0], expand)
    return expand(node)


def _within_quotes(node: Node, expand: Expand) -> Letters:
    """The grammar leaves out blanks between expansions, or gives them to the next one: places tell."""
    whole, begin = node.text or b"", node.start_byte
    letters: Letters = []
    done = 1
    for child in node.named_children:
        if child.type == "string_content":
            continue
        blanks = len(child.text or b"") - len((child.text or b"").lstrip())
        letters += _plain(whole[done : child.start_byte - begin + blanks])
        several = "@" in text_of(child)  # "$@" and "${list[@]}" stay several words
        letters += [(letter, was_quoted or not several) for letter, was_quoted in expand(child)]
        done = child.end_byte - begin
    return letters + _plain(whole[done:-1])


def _plain(text: bytes) -> Letters:
    inside = unescaped(text.decode("utf-8", "replace"), among='$`"\\\n')
    return [(letter, True) for letter, _ in inside]


def quoted(text: str) -> Letters:
    """All of it as it stands."""
    return [(letter, True) for letter in text]


def unescaped(text: str, among: str = "") -> Letters:
    """Backslashes taken out; within double quotes they only work before some letters."""
    letters: Letters = []
    places = iter(range(len(text)))
    for place in places:
        following = text[place + 1 : place + 2]
        if text[place] == "\\" and following and (not among or following in among):
            next(places)
            if following != "\n":
                letters.append((following, True))
        else:
            letters.append((text[place], False))
    return letters


def braced(letters: Letters) -> list[Letters]:
    """`a{b,c}` as `ab ac`. Raises Unlisted for braces within braces, and for too many."""
    opening = next((i for i, letter in enumerate(letters) if letter == ("{", False)), None)
    if opening is None:
        return [letters]
    closing = next((i for i in range(opening, len(letters)) if letters[i] == ("}", False)), None)
    inside = letters[opening + 1 : closing] if closing is not None else []
    if closing is None or (",", False) not in inside:
        return [letters]
    if ("{", False) in inside:
        raise Unlisted("It has braces within braces.")
    choices: list[Letters] = [[]]
    for letter in inside:
        if letter == (",", False):
            choices.append([])
        else:
            choices[-1].append(letter)
    rests = braced(letters[closing + 1 :])
    if len(choices) * len(rests) > MANY:
        raise Unlisted("Its braces make too many words.")
    return [[*letters[:opening], *choice, *rest] for choice in choices for rest in rests]


def word_of(letters: Letters) -> Word:
    """A word, with its pattern when it holds one that a shell would expand."""
    text = "".join(letter for letter, _ in letters)
    if not any(letter in GLOB and not was_quoted for letter, was_quoted in letters):
        return Word(text)
    return Word(
        text,
        "".join(f"[{letter}]" if letter in GLOB and was_quoted else letter for letter, was_quoted in letters),
    )


def text_of(node: Node) -> str:
    """The node as written."""
    return (node.text or b"").decode("utf-8", "replace")
