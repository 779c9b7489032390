# Tricks to get more of the kernel; each prints GOT when it could be done. One a line.
unshare -Ur true && echo GOT
unshare -n true && echo GOT
python3 -c "import ctypes; ctypes.CDLL(None).unshare(0x10000000) == 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0 and print('GOT')"
python3 -c "import ctypes; a = ctypes.create_string_buffer(88); ctypes.c_uint64.from_buffer(a).value = 0x10000000; ctypes.CDLL(None).syscall(435, a, 88) >= 0 and print('GOT')"
mount -t tmpfs none src && echo GOT
python3 -c "import ctypes; ctypes.CDLL(None).mount(b'none', b'src', b'tmpfs', 0, None) == 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(428, -100, b'/', 1) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(430, b'tmpfs', 0) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(425, 1, ctypes.create_string_buffer(128)) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(321, 0, ctypes.create_string_buffer(128), 128) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(250, 0, -3, 0) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(248, b'user', b'x', b'y', 1, -2) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(298, ctypes.create_string_buffer(128), 0, -1, -1, 0) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(323, 0) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).syscall(304, -1, None, 0) >= 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0 and print('GOT')"
python3 -c "import ctypes; ctypes.CDLL(None).personality(0x0040000) >= 0 and print('GOT')"
python3 -c "import os; os.chroot('.'); print('GOT')"
python3 -c "import os; os.setuid(54321); print('GOT')"
python3 -c "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW); print('GOT')"
python3 -c "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12); print('GOT')"
python3 -c "import socket; socket.socket(40, socket.SOCK_STREAM); print('GOT')"
python3 -c "import socket; socket.socket(38, 5); print('GOT')"
python3 -c "import fcntl, os, pty; m, s = pty.openpty(); fcntl.ioctl(s, 0x5412, b'x'); print('GOT')"
grep -E 'CapEff:\s+0*[1-9a-f]' /proc/self/status && echo GOT
ls /dev/vda /dev/sda /dev/mem /dev/kmsg && head -c1 /dev/kmsg && echo GOT
dmesg && echo GOT
cat /etc/shadow && echo GOT
cat /root/.npmrc && echo GOT
