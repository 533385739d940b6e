#!/bin/bash
# stemlathe(1) holds every command's help word for word, and groff has nothing against it.
# usage: manual_page_test.sh MANUAL_PAGE.SH STEMLATHE
set -euo pipefail

maker=$1 program=$2
fail() { echo "manual_page_test: $*" >&2; exit 1; }
command -v groff >/dev/null || { echo "skipped: there is no groff here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$maker" "$program" "$work/page.gz"
zcat "$work/page.gz" >"$work/page"
groff -man -Tutf8 -ww -z "$work/page" 2>"$work/said" && [ ! -s "$work/said" ] || { cat "$work/said"; fail "groff complains"; }
# Wide enough that no line is broken; without bold and underlining.
GROFF_NO_SGR=1 groff -man -Tascii -P-cbou -rLL=200n "$work/page" 2>/dev/null | sed 's/^ *//; s/ *$//' >"$work/text"
commands=0
while read -r command; do
    commands=$((commands + 1))
    "$program" "$command" --help | sed 's/^ *//; s/ *$//' | grep . >"$work/help"
    while IFS= read -r line; do
        grep -qxF -- "$line" "$work/text" || fail "$command: the page lacks \"$line\""
    done <"$work/help"
done < <("$program" --help | awk '/^Usage/ { on = 1 } /^Exit codes/ { on = 0 } on && /^  [a-z]+ / { print $1 }')
[ "$commands" -ge 15 ] || fail "the program lists only $commands commands"
echo "manual_page_test: $commands commands"
