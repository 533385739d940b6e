#!/bin/bash
# old_program_test.sh <checkout> <upgrade_test>: builds stemlathe of an earlier commit out of the checkout's history, and
# has it and today's work on one PostgreSQL. STEMLATHE_OLD_COMMIT names another commit than the last before 0011.
set -euo pipefail
checkout=$1
test=$2
commit=${STEMLATHE_OLD_COMMIT:-bb9a06c118f9}
if ! git -C "$checkout" cat-file -e "$commit^{commit}" 2>/dev/null; then
    echo "this is no checkout with the commit $commit: nothing to compare with"
    exit 77
fi
place=$(mktemp -d)
trap 'git -C "$checkout" worktree remove --force "$place/old" 2>/dev/null || true; rm -rf "$place"' EXIT
git -C "$checkout" worktree add --quiet --detach "$place/old" "$commit"
cmake -S "$place/old" -B "$place/old/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSTEMLATHE_UNITY=ON -DSTEMLATHE_CUDA=OFF \
    -DSTEMLATHE_TESTS=OFF -DSTEMLATHE_BENCH=OFF > "$place/log"
cmake --build "$place/old/build" --target stemlathe -j "${STEMLATHE_OLD_JOBS:-$(nproc)}" >> "$place/log" \
    || { tail -n 50 "$place/log"; exit 1; }
echo "an old program: $("$place/old/build/bin/stemlathe" version)"
STEMLATHE_OLD_PROGRAM=$place/old/build/bin/stemlathe "$test" --gtest_filter='PostgreSQLUpgrade.*'
