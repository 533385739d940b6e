#!/bin/bash
# short_memory_test.sh FOLDER: the programs in FOLDER master a song on a card that others have filled, so that too
# little is left of it. Shorter segments make do with less and give the same bytes; where nothing helps, the sentence says so.
set -euo pipefail
folder=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export STEMLATHE_ISA=v3
"$folder/stemlathe" demo song --seconds 4 --quiet

# master NAME: the masters' digests into NAME.sums; what the card held at most into NAME.most
master() {
    STEMLATHE_EMULATED_CARD_MOST_USED=$work/$1.most "$folder/stemlathe" master song --out "$1" --deliver cd \
        --device cuda --quiet 2> "$1.err" || return 1
    (cd "$1" && find masters -name '*.wav' -exec sha256sum {} +) > "$1.sums"
}

master whole
most_mib=$(($(cat whole.most) / 1048576))
left=$((most_mib * 4 / 5))
export STEMLATHE_EMULATED_CARD_TAKEN_MIB=$((2048 - left))
master short || { echo "with $left of $most_mib MiB: $(cat short.err)"; exit 1; }
cmp whole.sums short.sums
[ "$(cat short.most)" -lt "$(cat whole.most)" ]
echo "$left of $most_mib MiB were left: $(($(cat short.most) / 1048576)) MiB taken, the same bytes"
export STEMLATHE_EMULATED_CARD_TAKEN_MIB=2047
if master none; then
    echo "a song was mastered with 1 MiB"
    exit 1
fi
grep -q "shorter segments did not help either" none.err || { cat none.err; exit 1; }
