# Tricks to read a key in the repository: committed, stashed, staged. One a line.
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
