# Tricks to swap names while they are read. One a line.
for i in $(seq 200); do mv deep/app deep/app2 2>/dev/null; mv deep/app2 deep/app 2>/dev/null; done & for i in $(seq 300); do cat deep/app/.env deep/app2/.env 2>/dev/null; done; wait
for i in $(seq 200); do ln -sfn ../.env.local src/l; ln -sfn a.ts src/l; done & for i in $(seq 300); do cat src/l 2>/dev/null; done; wait
for i in $(seq 200); do ln -sfn /dev/null src/v; ln -sfn $VAULT src/v; done & for i in $(seq 300); do cat src/v 2>/dev/null; done; wait
