#!/bin/bash
# Runs one test file with Node's own runner, or, for "lint", has Redocly judge openapi.json; says why where it cannot.
# usage: node_test.sh FOLDER FILE|lint
set -euo pipefail

cd "$1"
skip() { echo "skipped: $*"; exit 77; }
command -v node >/dev/null || skip "there is no node on this machine"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip "node is older than 20"
[ -d node_modules ] || skip "no node_modules; .ci/deps web installs them"
if [ "$2" = lint ]; then exec npm run -s lint; fi
exec node --test "$2"
