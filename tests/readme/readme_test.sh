#!/bin/bash
# Runs every `stemlathe` line of README.md's sh blocks, in order, in an empty folder: what newcomers type must work.
#   readme_test.sh README.md FOLDER_OF_THE_PROGRAM
set -euo pipefail
readme=$(realpath "$1")
PATH=$(realpath "$2"):$PATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

mapfile -t commands < <(awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on && /^stemlathe /' "$readme")
[ "${#commands[@]}" -ge 5 ] || { echo "README.md holds only ${#commands[@]} commands"; exit 1; }
for command in "${commands[@]}"; do
    echo "\$ $command"
    status=0
    bash -c "$command" </dev/null || status=$?
    # 4: rendered, but a delivery misses its own spec, which a demo may.
    [ $status = 0 ] || [ $status = 4 ] || { echo "exit code $status"; exit 1; }
done
for file in out/report.html out/report.json out/plan.toml out/manifest.json out2/masters/cd; do
    [ -e "$file" ] || { echo "$file is missing"; exit 1; }
done
