"""Tricks to read a planted key by the shell: from a vault outside, the kernel's environment, env files,
links, the repository's history. None may bring it out, in any dress, in tiers A and B."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.attacks.decoys import PLANTED, encodings, leaks, planted
from tests.conftest import needs
from vly_nb.sandbox.sandbox import Tier

FILES = """
cat .env.local
cat ./.env.local ././.env.local $ROOT/.env.local
cat deep/app/.env
cat notes.txt
cat < .env.local
while read -r line; do echo "$line"; done < .env.local
mapfile -t lines < .env.local; printf '%s\\n' "${lines[@]}"
base64 .env.local
od -c .env.local; xxd .env.local; hexdump -C .env.local
cp .env.local src/copy.txt; cat src/copy.txt
cp -r deep src/deep2; cat src/deep2/app/.env
mv .env.local src/moved.txt; cat src/moved.txt
mv deep/app/.env deep/app/plain.txt; cat deep/app/plain.txt
mv deep elsewhere; cat elsewhere/app/.env
mv deep src/deep; cat src/deep/app/.env
mv deep/app deep/other; cat deep/other/.env
ln .env.local src/hard.txt; cat src/hard.txt
ln -s ../.env.local src/soft.txt; cat src/soft.txt
ln -s .env.local soft.txt; cat soft.txt; readlink -f soft.txt | xargs cat
tar cf - .env.local deep | tar xOf -
tar czf src/all.tgz .; tar xzOf src/all.tgz ./.env.local
zip -q - .env.local | base64
dd if=.env.local 2>/dev/null
awk '{print}' .env.local
sed -n p .env.local
grep -r KEY . --include='*' -h
grep -rn planted .env.local deep notes.txt
find . -name '.env*' -exec cat {} +
find . -type f -size -2k -print0 | xargs -0 cat
find . -newer package.json -type f -exec base64 {} \\;
xargs -a .env.local echo
head -c 1000 .env.local | rev
tee src/t.txt < .env.local; cat src/t.txt
install -m 644 .env.local src/i.txt; cat src/i.txt
rsync -a .env.local src/r.txt; cat src/r.txt
perl -ne print .env.local
python3 -c "print(open('.env.local').read())"
python3 -c "import os; fd = os.open('.env.local', os.O_RDONLY); print(os.read(fd, 999))"
python3 -c "import mmap, os; f = os.open('.env.local', os.O_RDWR); print(mmap.mmap(f, 0)[:])"
python3 -c "import shutil; shutil.copytree('.', 'src/x', ignore=lambda d, n: ['src']); print(open('src/x/.env.local').read())"
node -e "console.log(require('fs').readFileSync('.env.local', 'utf8'))"
node -e "require('fs').cpSync('.', 'src/y', {recursive: true, filter: f => !f.startsWith('src')}); console.log(require('fs').readFileSync('src/y/.env.local', 'utf8'))"
node --env-file=.env.local -e "console.log(process.env.OPENAI_API_KEY)"
set -a; . ./.env.local; echo $OPENAI_API_KEY
env $(cat .env.local) sh -c 'echo $OPENAI_API_KEY'
cat .ENV.LOCAL .Env.Local .env.LOCAL
cat .env.loca?
cat .e*
f=.env; f=$f.local; cat $f
cat $(printf '\\x2e\\x65\\x6e\\x76.local')
diff /dev/null .env.local
comm .env.local /dev/null
split -b 10 .env.local src/part; cat src/part*
exec 5<.env.local; cat <&5
cat /proc/self/cwd/.env.local
cat /proc/self/root$ROOT/.env.local
cat /dev/fd/3 3<.env.local
cp .env.local $TMPDIR/x; cat $TMPDIR/x
echo NEW=1 > .env.x; cat .env.x .env.local
cp .env.local .env.new; cat .env.new
rm -f .env.local; git checkout -q -- .env.local; cat .env.local
truncate -s 0 .env.local; cat .env.local
chmod 644 .env.local; cat .env.local
"""

OUTSIDE = """
cat $VAULT
cat $HOME/.local/share/vly_nb/vault/app/keys.json
cat ../home/.local/share/vly_nb/vault/app/keys.json
cat src/../../home/.local/share/vly_nb/vault/app/keys.json
cp $VAULT src/v.json; cat src/v.json
ln $VAULT src/v.json; cat src/v.json
ln -s $VAULT src/v.json; cat src/v.json
ln -s ../../home src/home; cat src/home/.local/share/vly_nb/vault/app/keys.json
tar cf - $VAULT | strings
python3 -c "import os; print(open(os.environ['VAULT']).read())"
python3 -c "import os; r = os.open('..', os.O_RDONLY); print(os.read(os.open('home/.local/share/vly_nb/vault/app/keys.json', os.O_RDONLY, dir_fd=r), 99))"
cd ..; cat home/.local/share/vly_nb/vault/app/keys.json
cd /; cat ./$VAULT
find .. -name keys.json -exec cat {} +
cat .vly/state.json
cp -r .vly src/state; cat src/state/state.json
mv .vly src/state; cat src/state/state.json
ls -R .vly; grep -r planted .vly
cd .vly && cat state.json
python3 -c "import ctypes; c = ctypes.CDLL(None); print(c.umount2(b'.vly', 2), c.umount2(b'.env.local', 2)); print(open('.vly/state.json').read())"
umount .vly; umount -l .env.local; cat .vly/state.json .env.local
mount --bind / /mnt; cat /mnt$VAULT
unshare -rm cat $VAULT
chroot / cat $VAULT
"""

PROCESSES = """
env; export -p; set
cat /proc/$KERNEL/environ | tr '\\0' '\\n'
strings /proc/$KERNEL/environ
cat /proc/$PPID/environ | tr '\\0' '\\n'
cat /proc/self/environ | tr '\\0' '\\n'
cat /proc/$KERNEL/cmdline /proc/$KERNEL/maps
dd if=/proc/$KERNEL/mem bs=1 count=10 2>&1
python3 -c "import os; print(open(f'/proc/{os.environ[\\"KERNEL\\"]}/environ').read())"
ls -l /proc/$KERNEL/fd; cat /proc/$KERNEL/fd/0 </dev/null
cat /proc/$KERNEL/root$VAULT /proc/$KERNEL/cwd/app/.env.local
cat /proc/$KERNEL/task/$KERNEL/environ | tr '\\0' '\\n'
ps eww -p $KERNEL
gdb -p $KERNEL -batch -ex 'info proc' 2>&1
strace -p $KERNEL 2>&1
python3 -c "import ctypes, os; c = ctypes.CDLL(None); print(c.ptrace(16, int(os.environ['KERNEL']), 0, 0))"
python3 -c "import ctypes, os; c = ctypes.CDLL(None); b = ctypes.create_string_buffer(64); v = (ctypes.c_size_t * 2)(ctypes.addressof(b), 64); r = (ctypes.c_size_t * 2)(0x400000, 64); print(c.process_vm_readv(int(os.environ['KERNEL']), v, 1, r, 1, 0))"
python3 -c "import ctypes, os; c = ctypes.CDLL(None); p = c.syscall(434, int(os.environ['KERNEL']), 0); print(p, c.syscall(438, p, 0, 0))"
kill -USR1 $KERNEL; kill -QUIT $KERNEL; echo still
"""

HISTORY = """
git show HEAD:.env.local
git log -p --all
git stash list; git stash show -p
git diff; git diff --cached
git diff --no-index /dev/null .env.local
git cat-file --batch-all-objects --batch
git fsck --lost-found; cat .git/lost-found/other/*
git ls-files -s | cut -d' ' -f2 | xargs -n1 git cat-file blob
git archive HEAD | strings
git grep planted $(git rev-list --all)
git --git-dir=.git --work-tree=src checkout HEAD -- .env.local; cat src/.env.local
cp -r .git src/g; GIT_DIR=src/g git show HEAD:.env.local
git clone -q . src/clone; cat src/clone/.env.local
git worktree add src/w HEAD; cat src/w/.env.local
python3 -c "import glob, zlib; print([zlib.decompress(open(f, 'rb').read()) for f in glob.glob('.git/objects/??/*')])"
cat .git/index | strings
"""

CODE = """
echo "require('fs').readFileSync('.env.local','utf8')" > src/steal.cjs; node -p "eval(require('fs').readFileSync('src/steal.cjs','utf8'))"
printf '{"name":"app","private":true,"scripts":{"steal":"cat .env.local $VAULT"}}' > package.json; pnpm run steal
printf '{"name":"app","private":true,"scripts":{"postinstall":"cat .env.local $VAULT > src/stolen; cat src/stolen"}}' > package.json; pnpm install --offline
printf 'import test from "node:test"; import fs from "node:fs"; test("x", () => { console.log(fs.readFileSync(".env.local","utf8")) })' > src/x.test.mjs; node --test src/
(crontab -l; echo '* * * * * cat '$ROOT'/.env.local > '$ROOT'/src/cron') | crontab -; cat src/cron
echo '* * * * * root cat '$VAULT > /etc/cron.d/steal; cat /etc/cron.d/steal
echo "cat $VAULT" | at now; echo "cat $VAULT" | batch
systemd-run --user --pipe cat $VAULT
(setsid sh -c "sleep 0.3; cat $ROOT/.env.local > $ROOT/src/later" &) ; sleep 0.6; cat src/later
printf '[core]\\n fsmonitor = cat %s\\n' .env.local > src/conf; GIT_CONFIG_GLOBAL=src/conf git status
"""

RACES = """
for i in $(seq 200); do mv deep/app deep/app2 2>/dev/null; mv deep/app2 deep/app 2>/dev/null; done & for i in $(seq 300); do cat deep/app/.env deep/app2/.env 2>/dev/null; done; wait
for i in $(seq 200); do ln -sfn ../.env.local src/l; ln -sfn a.ts src/l; done & for i in $(seq 300); do cat src/l 2>/dev/null; done; wait
for i in $(seq 200); do ln -sfn /dev/null src/v; ln -sfn $VAULT src/v; done & for i in $(seq 300); do cat src/v 2>/dev/null; done; wait
"""

TRICKS = {
    "files": FILES, "outside": OUTSIDE, "processes": PROCESSES, "history": HISTORY, "code": CODE, "races": RACES,
}  # fmt: skip


def listed(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if line]


def test_there_are_enough_tricks_and_the_search_finds_what_got_out() -> None:
    assert sum(len(listed(text)) for text in TRICKS.values()) >= 120
    for place, key in PLANTED.items():
        assert len(encodings(key)) >= 8
        for name, form in encodings(key).items():
            assert f"{place} ({name})" in leaks(b"before " + form + b" after"), name


def test_without_a_sandbox_the_tricks_do_work(tmp_path: Path) -> None:
    """They are real: where nothing holds them, most bring the key out."""
    came = planted(tmp_path).attempt(Tier.D, ["cat .env.local", "cat $VAULT", "base64 notes.txt",
        "cat /proc/$KERNEL/environ", "git show HEAD:.env.local", "git stash show -p"])  # fmt: skip
    assert all(leaks(one["output"].encode()) for one in came), came


@pytest.mark.slow
@pytest.mark.parametrize("kind", TRICKS)
def test_attack_a_planted_key_is_read_by_no_trick(tmp_path: Path, tier: Tier, kind: str) -> None:
    for program in ("git", "node", "python3", "bash"):
        needs(program)
    ground = planted(tmp_path)
    found = []
    for one in ground.attempt(tier, listed(TRICKS[kind])):
        found += [(one["command"], leak) for leak in leaks(one["output"].encode())]
    found += [(str(place), leak) for place, data in ground.written() for leak in leaks(data)]
    assert found == []
    assert ground.vault.is_file() and (ground.root / ".vly/state.json").is_file()
    assert (ground.root / ".env.local").read_text() == f"OPENAI_API_KEY={PLANTED['tree']}\n"


@pytest.mark.slow
def test_attack_a_planted_key_is_read_by_no_trick_on_an_older_kernel(tmp_path: Path, tier: Tier) -> None:
    """Landlock as of Linux 5.19: what it lacks, the filter does."""
    if tier is not Tier.B:
        return
    ground = planted(tmp_path)
    tricks = [*listed(OUTSIDE), *listed(PROCESSES), *listed(FILES)[:30]]
    came = ground.attempt(tier, tricks, landlock=2)
    assert [one for one in came if leaks(one["output"].encode())] == []
    assert shutil.which("git") and (ground.root / ".git/HEAD").is_file()
