"""Numbers of the system calls that the filter names, by machine (Linux 6.14's tables).

Calls that a machine doesn't have are left out of its table.
"""

from __future__ import annotations

import platform

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NEWEST = 462
"""The last number that was looked at; calls that are newer are said not to exist."""

_BOTH = """\
mount 165 40 · umount2 166 39 · pivot_root 155 41 · chroot 161 51 · unshare 272 97 · setns 308 268
clone 56 220 · ptrace 101 117 · process_vm_readv 310 270 · process_vm_writev 311 271 · kcmp 312 272
keyctl 250 219 · add_key 248 217 · request_key 249 218 · bpf 321 280 · perf_event_open 298 241
userfaultfd 323 282 · kexec_load 246 104 · kexec_file_load 320 294 · init_module 175 105
finit_module 313 273 · delete_module 176 106 · reboot 169 142 · swapon 167 224 · swapoff 168 225
sethostname 170 161 · setdomainname 171 162 · settimeofday 164 170 · clock_settime 227 112
adjtimex 159 171 · clock_adjtime 305 266 · acct 163 89 · quotactl 179 60 · syslog 103 116
lookup_dcookie 212 18 · nfsservctl 180 42 · vhangup 153 58 · personality 135 92
open_by_handle_at 304 265 · name_to_handle_at 303 264 · fanotify_init 300 262 · mknodat 259 33
socket 41 198 · socketpair 53 199 · connect 42 203 · bind 49 200 · listen 50 201 · sendto 44 206
sendmsg 46 211 · sendmmsg 307 269 · fchmod 91 52 · fchmodat 268 53 · fchown 93 55 · fchownat 260 54
utimensat 280 88 · setxattr 188 5 · lsetxattr 189 6 · fsetxattr 190 7 · removexattr 197 14
lremovexattr 198 15 · fremovexattr 199 16 · truncate 76 45 · openat 257 56 · kill 62 129
tkill 200 130 · tgkill 234 131 · rt_sigqueueinfo 129 138 · rt_tgsigqueueinfo 297 240
prlimit64 302 261 · ioctl 16 29 · shmget 29 194 · shmat 30 196 · shmctl 31 195 · semget 64 190
semop 65 193 · semctl 66 191 · semtimedop 220 192 · msgget 68 186 · msgsnd 69 189 · msgrcv 70 188
msgctl 71 187 · mq_open 240 180 · mq_unlink 241 181 · move_pages 279 239 · migrate_pages 256 238
setpriority 141 140"""

_X86_ONLY = """\
open 2 · creat 85 · chmod 90 · chown 92 · lchown 94 · utime 132 · mknod 133 · utimes 235
futimesat 261 · modify_ldt 154 · iopl 172 · ioperm 173 · uselib 134"""

_SAME = """\
pidfd_send_signal 424 · io_uring_setup 425 · io_uring_enter 426 · io_uring_register 427
open_tree 428 · move_mount 429 · fsopen 430 · fsconfig 431 · fsmount 432 · fspick 433
pidfd_open 434 · clone3 435 · openat2 437 · pidfd_getfd 438 · process_madvise 440
mount_setattr 442 · quotactl_fd 443 · process_mrelease 448 · fchmodat2 452"""


def _table(column: int) -> dict[str, int]:
    rows = [row.split() for text in (_BOTH, _SAME) for row in text.replace("\n", " · ").split(" · ")]
    if column == 1:
        rows += [row.split() for row in _X86_ONLY.replace("\n", " · ").split(" · ")]
    return {row[0]: int(row[min(column, len(row) - 1)]) for row in rows}


NUMBERS = {"x86_64": _table(1), "aarch64": _table(2)}


def machine() -> str:
    """This machine's name in the tables; "" when it isn't in them."""
    named = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    return named if named in NUMBERS else ""
