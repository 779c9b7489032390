# Tricks to grant an allowance, and to change what is read-only. One a line.
echo '{"allowances": [{"rule": "no-collect"}]}' > vly-policy.json
rm -f vly-policy.json
rm -f vly-policy.json; echo evil > vly-policy.json
mv vly-policy.json old.json; cp src/a.ts vly-policy.json
ln -sf src/a.ts vly-policy.json
cp vly-policy.json src/p; sed -i s/none/all/ vly-policy.json
python3 -c "open('vly-policy.json', 'r+').write('evil')"
echo evil > src/convex/auth.ts
rm -f src/convex/auth.ts; echo evil > src/convex/auth.ts
mv src/convex src/convex2; mkdir src/convex; echo evil > src/convex/auth.ts
mv src src2; mkdir -p src/convex; echo evil > src/convex/auth.ts
rm -rf src/convex
