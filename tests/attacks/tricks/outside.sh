# Tricks to read what lies outside the project ($VAULT), and in vly's own folder. One a line.
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
