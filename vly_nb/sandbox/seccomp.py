"""The seccomp filter, assembled: which system calls a confined program doesn't get.

Everything that ordinary programs use stays; what is refused opens the kernel
(bpf, io_uring, keyrings, mounts, namespaces), other processes (ptrace, signals),
or, in tier B, what Landlock doesn't watch over: sockets, permissions, dates,
attributes. https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterable, Sequence

from vly_nb.sandbox.syscalls import AUDIT_ARCH, NEWEST, NUMBERS

Line = tuple[int, int, int, int]  # struct sock_filter: code, jt, jf, k

LOAD, RETURN = 0x20, 0x06
EQUAL, GREATER, AT_LEAST, BITS, AND = 0x15, 0x25, 0x35, 0x45, 0x54
ALLOW, KILL, NOTIFY, FAIL = 0x7FFF0000, 0x80000000, 0x7FC00000, 0x00050000

KERNEL = """
    mount umount2 pivot_root chroot unshare setns move_mount open_tree fsopen fsconfig fsmount fspick
    mount_setattr keyctl add_key request_key bpf perf_event_open userfaultfd kexec_load kexec_file_load
    init_module finit_module delete_module reboot swapon swapoff sethostname setdomainname settimeofday
    clock_settime adjtimex clock_adjtime acct quotactl quotactl_fd syslog lookup_dcookie nfsservctl
    vhangup open_by_handle_at name_to_handle_at fanotify_init modify_ldt iopl ioperm uselib
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd
    move_pages migrate_pages
""".split()  # noqa: SIM905
ABSENT = "io_uring_setup io_uring_enter io_uring_register clone3 openat2".split()  # noqa: SIM905
"""Said not to exist: programs then take the older call, whose arguments can be looked at."""
OWNERS = "chown lchown fchown fchownat".split()  # noqa: SIM905
"""Said to succeed, and do nothing: an archive is then unpacked as one's own, as without root."""
SHARED = """
    shmget shmat shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink
    setpriority
""".split()  # noqa: SIM905
"""What reaches other processes by number, where there is no namespace in between (tier B)."""
MODES = "chmod fchmod fchmodat fchmodat2 utime utimes futimesat utimensat".split()  # noqa: SIM905
ATTRIBUTES = "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr".split()  # noqa: SIM905
"""Landlock looks after neither modes and dates (said to succeed) nor attributes (not supported)."""

NEW_NAMESPACES = 0x7E020000  # CLONE_NEW*, but for NEWTIME, which only clone3 knows
SET_ID = 0o6000
CREATES = 0x40 | 0x400000  # O_CREAT, O_TMPFILE
READS_ONLY, TRUNCATES = 0x3, 0x200
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
NETLINK_ADDRESS = 12  # bytes of a sockaddr_nl; to bind a TCP socket takes 16 and more
STREAM, SEQUENCED, TCP = 1, 5, 6
FAST_OPEN = 0x20000000  # MSG_FASTOPEN: connects without connect()
TERMINAL = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: type into somebody's terminal
FLAGS = (0x40086602, 0x401C5820)  # FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR: need no more than reading


def program(
    machine: str,
    *,
    lone: bool,
    door: bool,
    listens: bool = False,
    modes: bool = False,
    abi: int = 0,
    oldest: int = 1,
) -> bytes:
    """The filter as the kernel takes it.

    `lone` is for a program in namespaces of its own (tier A). With `door` it may
    only open TCP sockets, whose connections `listener` catches; with `listens` those that
    it serves on, too: to bind one does nothing. `abi` is Landlock's
    where that does the rest (tier B): what it lacks is refused here; before 6,
    signals to processes up to the number `oldest` are. `modes` lets a program that is
    trusted set permissions there all the same. `machine` is one of `syscalls`.
    """
    at = NUMBERS[machine]
    lines: list[Line] = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        *_when((GREATER, NEWEST), _fail(errno.ENOSYS)),  # x32's calls, too
    ]

    def each(names: Iterable[str], body: Sequence[Line]) -> None:
        for name in names:
            if name in at:
                lines.extend(_when((EQUAL, at[name]), [*body, (LOAD, 0, 0, 0)]))

    each(KERNEL, _fail(errno.EPERM))
    each(ABSENT, _fail(errno.ENOSYS))
    each(OWNERS, _fail(0))
    each(["clone"], _if_bits(0, NEW_NAMESPACES))
    each(["personality"], [*_load(0), *_unless([0, 0xFFFFFFFF], _fail(errno.EPERM))])
    each(["ioctl"], [*_load(1), *_if_any(TERMINAL, _fail(errno.EPERM))])
    each(["prlimit64"], [*_load(0), *_unless([0], _fail(errno.EPERM))])
    for name, flags, mode in (("open", 1, 2), ("openat", 2, 3)):
        each([name], [*_load(flags), *_when((BITS, CREATES), _if_bits(mode, SET_ID))])
    each(["creat", "mknod"], _if_bits(1, SET_ID))
    each(["mknodat"], _if_bits(2, SET_ID))
    each(["chmod", "fchmod"], _if_bits(1, SET_ID))
    each(["fchmodat", "fchmodat2"], _if_bits(2, SET_ID))
    if not lone:
        each(() if modes else MODES, _fail(0))
        for names, body in _where_landlock_does_not_look(abi, oldest):
            each(names, body)
    for names, body in _sockets(lone, door, listens):
        each(names, body)
    return _packed([*lines, (RETURN, 0, 0, ALLOW)])


def listener(machine: str, *, door: bool = True, listens: bool = False) -> bytes:
    """A filter that asks the keeper about every connect(), and every listen()."""
    asked = [NUMBERS[machine][name] for name, wanted in (("connect", door), ("listen", listens)) if wanted]
    tests = [line for number in asked for line in _when((EQUAL, number), [(RETURN, 0, 0, NOTIFY)])]
    return _packed([(LOAD, 0, 0, 0), *tests, (RETURN, 0, 0, ALLOW)])


Rule = tuple[Sequence[str], Sequence[Line]]


def _sockets(lone: bool, door: bool, listens: bool) -> list[Rule]:
    refused = _fail(errno.EACCES)
    interfaces = [*_load(2), *_unless([0], refused), (RETURN, 0, 0, ALLOW)]  # their list, no firewalls
    socket = [*_load(0), *_when((EQUAL, AF_NETLINK), interfaces)]
    pair = (["socketpair"], _typed([STREAM, SEQUENCED]))  # a datagram socket can send to any address
    if door or listens:
        fast = ("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)
        unbound = [*_load(2), *_unless([NETLINK_ADDRESS], _fail(0))]  # or libc waits for ever for that list
        return [
            (["socket"], [*socket, *_unless([AF_INET, AF_INET6], refused), *_typed([STREAM])]),
            *([(["bind"], unbound)] if listens else [(["bind", "listen"], refused)]),
            *([] if door else [(["connect"], refused)]),
            *[([name], _if_bits(flags, FAST_OPEN)) for name, flags in fast],
            pair,
        ]
    if lone:
        return [(["socket"], [*socket, *_unless([AF_UNIX, AF_INET, AF_INET6], refused)])]
    return [(["socket"], [*socket, *refused]), pair]


def _typed(kinds: Sequence[int]) -> list[Line]:
    refused = _fail(errno.EACCES)
    return [*_load(1), (AND, 0, 0, 0xF), *_unless(kinds, refused), *_load(2), *_unless([0, TCP], refused)]


def _where_landlock_does_not_look(abi: int, oldest: int) -> list[Rule]:
    refused = _fail(errno.EPERM)
    rules: list[Rule] = [
        (SHARED, refused),
        (ATTRIBUTES, _fail(errno.EOPNOTSUPP)),
        (["ioctl"], [*_load(1), *_if_any(FLAGS, refused)]),
    ]
    if abi < 3:  # truncation isn't Landlock's matter before 6.2
        read_only = [(AND, 0, 0, READS_ONLY), *_when((EQUAL, 0), refused)]
        rules.append((["truncate"], refused))
        for name, flags in (("open", 1), ("openat", 2)):
            rules.append(([name], [*_load(flags), *_when((BITS, TRUNCATES), read_only)]))
    if abi < 6:  # nor are signals before 6.12
        one = [
            *_load(0),
            *_when((AT_LEAST, (1 << 32) - oldest), refused),  # -1, and groups of older processes
            *_unless([0], _unless_greater(oldest, refused)),
        ]
        rules.append((["kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open"], one))
    return rules


# -- pieces of programs: each falls through, or returns --------------------------------


def _packed(lines: Sequence[Line]) -> bytes:
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _fail(number: int) -> list[Line]:
    return [(RETURN, 0, 0, FAIL | number)]


def _load(argument: int) -> list[Line]:
    return [(LOAD, 0, 0, 16 + 8 * argument)]  # its low half; both machines are little-endian


def _when(test: tuple[int, int], body: Sequence[Line]) -> list[Line]:
    return [(test[0], 0, len(body), test[1]), *body]


def _when_not(value: int, body: Sequence[Line]) -> list[Line]:
    return [(EQUAL, len(body), 0, value), *body]


def _unless(values: Sequence[int], body: Sequence[Line]) -> list[Line]:
    """The body, unless it is one of some values."""
    tests = [(EQUAL, len(values) - 1 - i + len(body), 0, value) for i, value in enumerate(values)]
    return [*tests, *body]


def _unless_greater(value: int, body: Sequence[Line]) -> list[Line]:
    return [(GREATER, len(body), 0, value), *body]


def _if_any(values: Sequence[int], body: Sequence[Line]) -> list[Line]:
    return [line for value in values for line in _when((EQUAL, value), body)]


def _if_bits(argument: int, bits: int) -> list[Line]:
    """Refused when any of these bits is set in an argument."""
    return [*_load(argument), *_when((BITS, bits), _fail(errno.EPERM))]
