"""The filter as the kernel would read it, for both machines: run here by a small reader of its own."""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence

import pytest

from vly_nb.sandbox import seccomp
from vly_nb.sandbox.syscalls import AUDIT_ARCH, NEWEST, NUMBERS

ALLOWED, NOTIFIED, KILLED = "allowed", "asked", "killed"


def answer(program: bytes, machine: str, number: int, arguments: Sequence[int] = (), arch: int = 0) -> object:
    """What the kernel does with a call: "allowed", "asked", "killed", or the error it answers with."""
    data = struct.pack("=iIQ", number, arch or AUDIT_ARCH[machine], 0)
    data += struct.pack("=6Q", *[*[value & (1 << 64) - 1 for value in arguments], *[0] * 6][:6])
    lines = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at = accumulator = 0
    while True:
        code, yes, no, value = lines[at]
        at += 1
        match code:
            case seccomp.LOAD:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case seccomp.AND:
                accumulator &= value
            case seccomp.EQUAL:
                at += yes if accumulator == value else no
            case seccomp.GREATER:
                at += yes if accumulator > value else no
            case seccomp.AT_LEAST:
                at += yes if accumulator >= value else no
            case seccomp.BITS:
                at += yes if accumulator & value else no
            case seccomp.RETURN:
                named = {seccomp.ALLOW: ALLOWED, seccomp.NOTIFY: NOTIFIED, seccomp.KILL: KILLED}
                return named.get(value, value & 0xFFFF)
            case _:
                raise AssertionError(code)


@pytest.fixture(params=list(NUMBERS))
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


KINDS = {
    "alone": {"lone": True, "door": False},
    "alone, with a door": {"lone": True, "door": True},
    "among others": {"lone": False, "door": False, "abi": 7},
    "among others, with a door": {"lone": False, "door": True, "abi": 7},
    "alone, serving": {"lone": True, "door": False, "listens": True},
    "among others, serving": {"lone": False, "door": False, "listens": True, "abi": 7},
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_opens_the_kernel_is_refused_everywhere(machine: str, kind: str) -> None:
    program = seccomp.program(machine, **KINDS[kind])
    numbers = NUMBERS[machine]
    for name in (*seccomp.KERNEL, *seccomp.ABSENT):
        if name in numbers:
            assert answer(program, machine, numbers[name]) in (errno.EPERM, errno.ENOSYS), name
    assert answer(program, machine, NEWEST + 1) == errno.ENOSYS
    assert answer(program, machine, 0x40000000 | 1) == errno.ENOSYS  # x32's write
    assert answer(program, machine, 1, arch=0x40000003) == KILLED  # i386
    assert answer(program, machine, numbers["chown" if machine == "x86_64" else "fchown"]) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_every_program_does_is_allowed(machine: str, kind: str) -> None:
    program = seccomp.program(machine, **KINDS[kind])
    numbers = NUMBERS[machine]
    everyday = {
        "x86_64": (0, 1, 3, 9, 59, 60, 61, 202, 231, 257, 262, 281),
        "aarch64": (56, 57, 63, 64, 93, 98, 221, 222),
    }
    for number in everyday[machine]:
        assert answer(program, machine, number) == ALLOWED, number
    threads = 0x3D0F00  # what pthread_create asks of clone
    assert answer(program, machine, numbers["clone"], [threads]) == ALLOWED
    assert answer(program, machine, numbers["clone"], [17]) == ALLOWED
    assert answer(program, machine, numbers["openat"], [-100, 0, 0o101, 0o755]) == ALLOWED
    assert answer(program, machine, numbers["personality"], [0xFFFFFFFF]) == ALLOWED
    assert answer(program, machine, numbers["ioctl"], [0, 0x5401]) == ALLOWED
    assert answer(program, machine, numbers["prlimit64"], [0]) == ALLOWED
    assert answer(program, machine, numbers["socketpair"], [1, 1 | 0o2000000, 0]) == ALLOWED
    assert answer(program, machine, numbers["socket"], [16, 3, 0]) == ALLOWED  # the list of interfaces


@pytest.mark.parametrize("kind", KINDS)
def test_arguments_decide(machine: str, kind: str) -> None:
    program = seccomp.program(machine, **KINDS[kind])
    numbers = NUMBERS[machine]
    for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x02000000, 0x04000000, 0x08000000):
        assert answer(program, machine, numbers["clone"], [flag | 17]) == errno.EPERM, hex(flag)
    assert answer(program, machine, numbers["personality"], [0x0040000]) == errno.EPERM
    assert answer(program, machine, numbers["ioctl"], [0, 0x5412]) == errno.EPERM
    assert answer(program, machine, numbers["prlimit64"], [4711]) == errno.EPERM
    for mode in (0o4755, 0o2755):
        assert answer(program, machine, numbers["fchmodat"], [-100, 0, mode]) == errno.EPERM
        assert answer(program, machine, numbers["openat"], [-100, 0, 0o101, mode]) == errno.EPERM
        assert answer(program, machine, numbers["openat"], [-100, 0, 0, mode]) == ALLOWED, "no mode is meant"


TCP = {name for name in KINDS if name != "among others"}
SOCKETS = [
    ((1, 1, 0), {"alone"}),  # a path, or a name
    ((1, 2, 0), {"alone"}),
    ((2, 1, 0), TCP),
    ((2, 1 | 0o2004000, 6), TCP),
    ((10, 1, 0), TCP),
    ((2, 2, 0), {"alone"}),  # UDP, also for names
    ((2, 1, 132), {"alone"}),  # SCTP
    ((2, 3, 1), {"alone"}),
    ((17, 3, 0), set()),
    ((16, 3, 12), set()),  # netfilter
    ((38, 5, 0), set()),  # the kernel's ciphers
    ((40, 1, 0), set()),  # the machine that this one runs in
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("arguments", "kinds"), SOCKETS, ids=[str(one[0]) for one in SOCKETS])
def test_sockets(machine: str, kind: str, arguments: tuple[int, int, int], kinds: set[str]) -> None:
    program = seccomp.program(machine, **KINDS[kind])
    came = answer(program, machine, NUMBERS[machine]["socket"], arguments)
    assert came == (ALLOWED if kind in kinds else errno.EACCES)


def test_with_a_door_there_is_no_other_way_to_connect(machine: str) -> None:
    numbers = NUMBERS[machine]
    program = seccomp.program(machine, lone=False, door=True, abi=7)
    assert answer(program, machine, numbers["bind"]) == errno.EACCES
    assert answer(program, machine, numbers["sendto"], [0, 0, 0, 0x20000000]) == errno.EPERM
    assert answer(program, machine, numbers["sendto"], [0, 0, 0, 0x4000]) == ALLOWED
    assert answer(program, machine, numbers["socketpair"], [1, 2, 0]) == errno.EACCES
    assert answer(seccomp.listener(machine), machine, numbers["connect"]) == NOTIFIED
    assert answer(seccomp.listener(machine), machine, numbers["socket"]) == ALLOWED


def test_who_serves_gets_the_one_socket_and_connects_nowhere(machine: str) -> None:
    numbers = NUMBERS[machine]
    for lone in (True, False):
        program = seccomp.program(machine, lone=lone, door=False, listens=True, abi=7)
        for size in (16, 28, 110):
            assert answer(program, machine, numbers["bind"], [3, 0, size]) == 0  # said to be done
        assert answer(program, machine, numbers["bind"], [3, 0, 12]) == ALLOWED  # the list of interfaces
        assert answer(program, machine, numbers["listen"]) == ALLOWED  # so that the other filter is heard
        assert answer(program, machine, numbers["connect"]) == errno.EACCES
        assert answer(program, machine, numbers["sendto"], [0, 0, 0, 0x20000000]) == errno.EPERM
        assert answer(program, machine, numbers["socketpair"], [1, 2, 0]) == errno.EACCES
    asks = seccomp.listener(machine, door=False, listens=True)
    assert answer(asks, machine, numbers["listen"]) == NOTIFIED
    assert answer(asks, machine, numbers["connect"]) == ALLOWED  # the other one refuses it
    assert answer(seccomp.listener(machine), machine, numbers["listen"]) == ALLOWED


def test_what_landlock_does_not_look_after(machine: str) -> None:
    numbers = NUMBERS[machine]
    held = seccomp.program(machine, lone=False, door=False, abi=7)
    assert answer(held, machine, numbers["fchmodat"], [-100, 0, 0o777]) == 0
    assert answer(held, machine, numbers["utimensat"]) == 0
    assert answer(held, machine, numbers["setxattr"]) == errno.EOPNOTSUPP
    assert answer(held, machine, numbers["shmget"]) == errno.EPERM
    trusted = seccomp.program(machine, lone=False, door=False, modes=True, abi=7)
    assert answer(trusted, machine, numbers["fchmodat"], [-100, 0, 0o755]) == ALLOWED
    assert answer(trusted, machine, numbers["fchmodat"], [-100, 0, 0o4755]) == errno.EPERM
    alone = seccomp.program(machine, lone=True, door=False)
    assert answer(alone, machine, numbers["fchmodat"], [-100, 0, 0o755]) == ALLOWED


def test_an_older_landlock_is_made_up_for(machine: str) -> None:
    numbers = NUMBERS[machine]
    old = seccomp.program(machine, lone=False, door=False, abi=2, oldest=500)
    new = seccomp.program(machine, lone=False, door=False, abi=6, oldest=500)
    assert answer(old, machine, numbers["truncate"]) == errno.EPERM
    assert answer(old, machine, numbers["openat"], [-100, 0, 0o1000]) == errno.EPERM  # O_RDONLY | O_TRUNC
    assert answer(old, machine, numbers["openat"], [-100, 0, 0o1001]) == ALLOWED
    assert answer(new, machine, numbers["truncate"]) == ALLOWED
    for pid in (1, 499, 500, -1, -500, -2):
        assert answer(old, machine, numbers["kill"], [pid, 9]) == errno.EPERM, pid
        assert answer(new, machine, numbers["kill"], [pid, 9]) == ALLOWED
    for pid in (0, 501, 40_000, -501, -40_000):
        assert answer(old, machine, numbers["kill"], [pid, 9]) == ALLOWED, pid
