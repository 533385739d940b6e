#!/bin/bash
# The units of the packages, judged by systemd itself: they load without a complaint, alone and with what stemlathe-cuda
# adds, and leave a process no more than so much exposure on the scale of `systemd-analyze security` (0 to 10).
# usage: units_test.sh FOLDER_OF_UNITS STEMLATHE
set -euo pipefail

units=$1 program=$2
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "units_test: $*" >&2; exit 1; }
command -v systemd-analyze >/dev/null || skip "there is no systemd-analyze here"
systemd-analyze security --help | grep -q -- --offline || skip "this systemd-analyze judges no files (--offline)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# judge UNIT MOST NAME: MOST is ten times the exposure.
judge() {
    local unit=$1 most=$2 name=$3 said exposure
    said=$(SYSTEMD_UNIT_PATH="$work:" systemd-analyze verify --man=no --recursive-errors=no "$work/$unit" 2>&1) ||
        fail "$name: systemd does not take it: $said"
    # Of other units on this machine it may say what it likes.
    grep -F "$unit" <<<"$said" && fail "$name: systemd complains"
    # The file is judged with its drop-ins where both lie below a root.
    SYSTEMD_UNIT_PATH="$work:" systemd-analyze security --no-pager --offline=yes --threshold="$most" "$work/$unit" \
        >"$work/said" 2>&1 || { cat "$work/said"; fail "$name: more exposed than $most tenths"; }
    exposure=$(sed -nE 's/.*Overall exposure level for [^:]*: ([0-9.]+).*/\1/p' "$work/said")
    [ -n "$exposure" ] || { cat "$work/said"; fail "$name: systemd gave no figure"; }
    echo "$name: exposure $exposure of 10"
}

# What reads at night may do less than what renders.
sed "s|/usr/bin/stemlathe|$program|" "$units/stemlathe-scrub.service" >"$work/stemlathe-scrub.service"
grep -qF "ExecStart=$program " "$work/stemlathe-scrub.service" || fail "stemlathe-scrub does not start /usr/bin/stemlathe"
judge stemlathe-scrub.service 13 stemlathe-scrub.service
cp "$units/stemlathe-scrub.timer" "$work"
said=$(SYSTEMD_UNIT_PATH="$work:" systemd-analyze verify --man=no --recursive-errors=no "$work/stemlathe-scrub.timer" 2>&1) ||
    fail "stemlathe-scrub.timer: systemd does not take it: $said"
grep -F stemlathe-scrub <<<"$said" && fail "stemlathe-scrub.timer: systemd complains"
calendar=$(sed -n 's/^OnCalendar=//p' "$units/stemlathe-scrub.timer")
systemd-analyze calendar "$calendar" >/dev/null || fail "\"$calendar\" is no time of day"

for unit in stemlathe-serve.service stemlathe-worker.service; do
    # Commands must be there to be verified: the program that was built stands for the installed one.
    sed "s|/usr/bin/stemlathe|$program|" "$units/$unit" >"$work/$unit"
    grep -qF "ExecStart=$program " "$work/$unit" || fail "$unit does not start /usr/bin/stemlathe"
    judge "$unit" 15 "$unit"
    # One file with everything that the drop-in says, in its order: systemd reads it the same way.
    cat "$work/$unit" >"$work/with-cuda-$unit"
    sed -e '/^ExecStartPre=/d' "$units/cuda.conf" >>"$work/with-cuda-$unit"
    judge "with-cuda-$unit" 30 "$unit with stemlathe-cuda"
    # Longer than everything that a stop may take.
    stop_s=$(sed -n 's/^TimeoutStopSec=//p' "$units/$unit")
    [ "$stop_s" -gt 90 ] || fail "$unit is killed after $stop_s s, while renders may finish for 90"
done
