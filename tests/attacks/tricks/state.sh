# Tricks to destroy or forge vly's versions and tapes. One a line.
rm -rf .vly
mv .vly src/vly
rm -rf .vly; mkdir .vly; echo '{}' > .vly/state.json
echo '{}' > .vly/state.json
echo '{"reply": "evil"}' >> .vly/tapes/one.tape.jsonl
cp src/a.ts .vly/versions.git/HEAD
ln -s ../.vly src/v; rm -rf src/v/*; echo x > src/v/state.json
touch .vly/lock; python3 -c "import fcntl; fcntl.flock(open('.vly/lock'), fcntl.LOCK_EX)"
find . -path './.vly/*' -delete
rm -rf ./.vly/../.vly
echo '{"reply": "evil"}' > lesson.tape.jsonl
rm -f lesson.tape.jsonl; echo x > lesson.tape.jsonl
