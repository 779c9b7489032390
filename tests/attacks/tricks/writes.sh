# Tricks to change what lies outside ($OUT), or the machine. One a line.
echo x > $OUT/file
echo x >> $OUT/kept
rm -rf $OUT
mv $OUT/kept src/
mv src/a.ts $OUT/
mkdir $OUT/new
ln $OUT/kept src/k; echo evil > src/k
ln -s $OUT src/o; echo evil > src/o/kept; rm -rf src/o/*
ln -s $OUT/kept src/s; echo evil > src/s
cp -a src/. $OUT/
chmod 777 $OUT $OUT/kept
chmod u+s $OUT/kept
chown 12345:12345 $OUT/kept
touch -d 2001-01-01 $OUT/kept
python3 -c "import os; os.setxattr(os.environ['OUT'] + '/kept', 'user.x', b'1')"
python3 -c "import os; os.truncate(os.environ['OUT'] + '/kept', 0)"
python3 -c "import os; os.open(os.environ['OUT'] + '/kept', os.O_RDONLY | os.O_TRUNC)"
python3 -c "import os; os.utime(os.environ['OUT'] + '/kept', (1, 1))"
python3 -c "import os; d = os.open('..', os.O_RDONLY); os.unlink('outside/kept', dir_fd=d)"
python3 -c "import os; os.rename(os.environ['OUT'], os.environ['OUT'] + '2')"
python3 -c "import os; os.mkfifo(os.environ['OUT'] + '/pipe')"
python3 -c "import os; os.link('src/a.ts', os.environ['OUT'] + '/link')"
cd $OUT && echo x > here
echo x > ../outside/kept
node -e "require('fs').writeFileSync(process.env.OUT + '/n', 'x')"
git init -q $OUT/repo
tar xf <(tar cf - src) -C $OUT
python3 -c "import os; os.mknod('src/disk', 0o60600, os.makedev(8, 0))"
mknod src/mem c 1 1
cp /bin/true src/t; chmod 4755 src/t
python3 -c "import os; os.close(os.open('src/t2', os.O_CREAT | os.O_WRONLY, 0o6755))"
echo core > /proc/sys/kernel/core_pattern
echo 1 > /proc/sys/vm/drop_caches; echo b > /proc/sysrq-trigger
echo x > /etc/motd2; echo x > /usr/lib/x; echo x > /usr/local/x; echo x > /bin/x; echo x > /root/x; echo x > $HOME2/x
