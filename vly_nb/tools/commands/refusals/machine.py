"""What breaks the machine, ends what others run, opens a door, or goes on by itself."""

from __future__ import annotations

import re

from vly_nb.tools.commands.found.inline import INTERPRETERS, code_of
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.wrappers import SHELLS, SOURCING
from vly_nb.tools.commands.refusals.places import outside, temporary
from vly_nb.tools.commands.refusals.sentences import BREAKS, LEAVES, PROGRAMS, STRANGERS
from vly_nb.tools.commands.surroundings import Surroundings

BREAKERS = frozenset(
    {
        "shutdown",
        "reboot",
        "halt",
        "poweroff",
        "fdisk",
        "parted",
        "mkswap",
        "swapoff",
        "iptables",
        "fork bomb",
    }
    | {"insmod", "rmmod", "modprobe", "useradd", "userdel", "usermod", "passwd", "visudo", "umount", "mount"}
)
DOWNLOADERS = frozenset({"curl", "wget", "fetch", "aria2c", "http", "https", "lwp-request"})
KILLERS = frozenset({"pkill", "killall", "skill", "xkill", "kill-port", "fkill"})
FINDS_PROGRAMS = frozenset({"pgrep", "lsof", "pidof", "ps", "ss", "netstat", "fuser", "pstree"})
FORKS = re.compile(
    r"fork\s*(\(\))?\s+while\b|while\b.{0,40}fork\b|for\s*\(;;\).{0,40}fork|spawn\(process\.argv", re.DOTALL
)
SOCKET = re.compile(r"/dev/(tcp|udp)/.+")
OPEN_MODE = re.compile(r"0?777|a[+=]rwx|ugo[+=]rwx|[+=]rwx|o\+w|a\+w|[42]777")


def machine(mention: Mention, around: Surroundings) -> str:
    """One sentence for each kind of harm."""
    name, arguments = mention.name, mention.arguments
    if _breaks(mention, around):
        return BREAKS
    if name in KILLERS or (name == "fuser" and any(re.match(r"-\w*k", word) for word in arguments)):
        return PROGRAMS
    if name == "kill" and not re.match(r"-(0|l|L|-list)$", arguments[0] if arguments else ""):
        targets = arguments[1:] if arguments and arguments[0].startswith("-") else arguments
        found = (mention.within | mention.sources) & FINDS_PROGRAMS
        foreign = found or any(re.fullmatch(r"-?\d+|\$PPID", word) for word in targets)
        return PROGRAMS if foreign else ""
    if _unread(mention):
        return STRANGERS
    if name in ("at", "batch") or (name == "crontab" and "-l" not in arguments):
        return LEAVES
    return ""


def _breaks(mention: Mention, around: Surroundings) -> bool:
    name, arguments = mention.name, mention.arguments
    if name == "mount" and (not mention.operands or "-l" in arguments):
        return False
    if name in BREAKERS or name.startswith("mkfs"):
        return not {"--help", "--version"} & set(arguments)
    if name in ("init", "telinit") and set(arguments) & {"0", "6"}:
        return True
    if name == "systemctl" and set(arguments) & {"poweroff", "reboot", "halt", "stop", "disable", "mask"}:
        return True
    if name == "dd":
        return any(re.match(r"of=/dev/(?!null)", word) for word in arguments)
    if name in ("chmod", "chown", "chgrp") and any(
        re.fullmatch(r"-\w*R\w*|--recursive", word) for word in arguments
    ):
        paths = [around.located(word, mention.folder) or "" for word in mention.operands[1:]]
        far = any(outside(path) and not temporary(path) for path in paths)
        return far or (name == "chmod" and any(map(OPEN_MODE.fullmatch, arguments)))
    if any(map(SOCKET.fullmatch, (*mention.writes, *mention.reads))):
        return True
    if name in ("nc", "ncat", "netcat", "socat") and re.search(
        r"(^|\s)-\w*[elc]\w*\b|(?i:EXEC:|LISTEN)", mention.text
    ):
        return True
    return bool(FORKS.search(code_of(mention)))


def _unread(mention: Mention) -> bool:
    """Whether a shell or an interpreter runs what was just downloaded."""
    name = mention.name
    if name in SHELLS | SOURCING | INTERPRETERS | {"eval"} and mention.within & DOWNLOADERS:
        first = next((word for word in mention.arguments if not word.startswith("-")), "")
        return first.startswith(("$(", "`", "<("))
    if not mention.sources & DOWNLOADERS or name not in SHELLS | INTERPRETERS | SOURCING or code_of(mention):
        return False
    files = [word for word in mention.arguments if not word.startswith("-") or word.startswith("-m")]
    return not [word for word in files if word != "/dev/stdin"] or "-s" in mention.arguments
