# Tricks to read or stop another process ($DECOY). One a line.
kill -9 $DECOY
kill -STOP $DECOY
kill -9 -$DECOY
kill -9 $KERNEL
kill -9 $PPID
python3 -c "import os, signal; os.kill(int(os.environ['DECOY']), signal.SIGKILL)"
python3 -c "import os; os.killpg(int(os.environ['DECOY']), 9)"
python3 -c "import ctypes, os; c = ctypes.CDLL(None); c.syscall(234, int(os.environ['DECOY']), int(os.environ['DECOY']), 9)"
python3 -c "import ctypes, os; c = ctypes.CDLL(None); f = c.syscall(434, int(os.environ['DECOY']), 0); c.syscall(424, f, 9, None, 0)"
python3 -c "import ctypes, os; c = ctypes.CDLL(None); print(c.ptrace(16, int(os.environ['DECOY']), 0, 0))"
python3 -c "import resource, os; resource.prlimit(int(os.environ['DECOY']), resource.RLIMIT_CPU, (1, 1))"
renice 19 $DECOY
prlimit --pid $DECOY --nofile=1:1
cat /proc/$DECOY/environ /proc/$DECOY/mem /proc/$DECOY/maps /proc/$DECOY/cmdline
strings /proc/$DECOY/environ; cat /proc/$DECOY/task/*/environ
echo 1000 > /proc/$DECOY/oom_score_adj
