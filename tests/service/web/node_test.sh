#!/bin/bash
# Runs one test file with Node's own runner; says why where it cannot.
# usage: node_test.sh FOLDER FILE
set -euo pipefail

cd "$1"
skip() { echo "skipped: $*"; exit 77; }
command -v node >/dev/null || skip "there is no node on this machine"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip "node is older than 20"
[ -d node_modules ] || skip "no node_modules; .ci/deps web installs them"
exec node --test "$2"
