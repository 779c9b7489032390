# Tricks to destroy or forge a repository's history. One a line.
rm -rf .git
mv .git src/git
mv .git .git2; mkdir .git; echo x > .git/HEAD
rm .git/HEAD; echo ref: refs/heads/evil > .git/HEAD
echo x >> .git/config
printf '#!/bin/sh\ntouch ran\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit
ln -sf ../../src/a.ts .git/hooks/pre-commit
mkdir .git/hooks2
truncate -s 0 .git/index
python3 -c "import os; os.truncate('.git/HEAD', 0)"
python3 -c "import os; os.open('.git/HEAD', os.O_RDONLY | os.O_TRUNC)"
chmod -R 000 .git
git config user.name evil
git commit --allow-empty -m x
git update-ref -d HEAD
git gc --prune=now
ln .git/HEAD src/head; echo evil > src/head
cp -al .git src/g; echo evil > src/g/HEAD
ln -s ../.git src/g2; echo evil > src/g2/HEAD; rm -rf src/g2/*
python3 -c "import os; os.rename('.git', 'src/.git')"
python3 -c "import ctypes; c = ctypes.CDLL(None); c.renameat2(-100, b'.git', -100, b'src', 2)"
python3 -c "import ctypes; c = ctypes.CDLL(None); c.mount(None, b'.git', None, 32 | 4096, None); open('.git/HEAD', 'w')"
cd .. ; mv app app2; mkdir app; mv app2/src app
