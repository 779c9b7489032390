# Tricks to read a key in the project's tree: an env file, one deeper down, a hard link to it. One a line.
cat .env.local
cat ./.env.local ././.env.local $ROOT/.env.local
cat deep/app/.env
cat notes.txt
cat < .env.local
while read -r line; do echo "$line"; done < .env.local
mapfile -t lines < .env.local; printf '%s\n' "${lines[@]}"
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
find . -newer package.json -type f -exec base64 {} \;
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
cat $(printf '\x2e\x65\x6e\x76.local')
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
