#!/bin/bash
# The whole road of the service by curl alone, as the README shows it: stems in, a master and its report out, a comment, a
# round, a second revision, approval, delivery.
# usage: road_test.sh STEMLATHE
set -euo pipefail

program=$1
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
fail() { echo "road_test: $*" >&2; cat "$work/log" >&2; exit 1; }

"$program" demo "$work/song" --seconds 8 --quiet 2>/dev/null || "$program" demo "$work/song" --seconds 8 >/dev/null
export STEMLATHE_ADMIN_TOKEN=road-test-token-0123456789abcdef
"$program" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 200); do
    grep -q 'listening on' "$work/out" 2>/dev/null && break
    kill -0 "$server" 2>/dev/null || fail "the server did not start"
    sleep 0.05
done
url=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$work/out")
[ -n "$url" ] || fail "the server printed no address"

# contains TEXT COMMAND...: whether what the command prints holds the text; reads all of it.
contains() {
    local text=$1 printed
    shift
    printed=$("$@") && grep -qF "$text" <<<"$printed"
}
api() { curl -sS --fail-with-body -H "Authorization: Bearer $STEMLATHE_ADMIN_TOKEN" "$@" || fail "curl ${*: -1}"; }
json() { api -H 'Content-Type: application/json' "$@"; }
# The value of a key, as the documents are printed: one key a line.
value() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p" | sed -n '1p'; }
base64_of() { printf %s "$1" | base64 -w0; }

session=$(json -d '{"title": "Night Drive", "artist": "The Lathes"}' "$url/v1/sessions" | value id)
for stem in "$work"/song/0*.wav "$work/song/Reference_Mix.wav"; do
    name=$(basename "$stem")
    role=stem
    if [ "$name" = Reference_Mix.wav ]; then role=reference_mix; fi
    metadata="session $(base64_of "$session"),role $(base64_of $role),filename $(base64_of "$name")"
    api -o /dev/null -H 'Tus-Resumable: 1.0.0' -H "Upload-Length: $(stat -c %s "$stem")" -H "Upload-Metadata: $metadata" \
        -H 'Content-Type: application/offset+octet-stream' --data-binary @"$stem" "$url/v1/uploads"
done
for _ in $(seq 200); do
    stems=$(api "$url/v1/sessions/$session/stems")
    grep -q '"state": "probing"' <<<"$stems" || break
    sleep 0.1
done
[ "$(grep -c '"state": "ready"' <<<"$stems")" = 6 ] || fail "not all stems are ready: $stems"

# render KEY: orders a revision and waits for it.
render() {
    local id
    id=$(json -H "Idempotency-Key: $1" -d '{"deliveries": ["streaming", "cd"]}' "$url/v1/sessions/$session/renders" | value id)
    for _ in $(seq 20); do
        state=$(api -H 'Prefer: wait=30' "$url/v1/renders/$id" | value state)
        case $state in queued | running) ;; *) break ;; esac
    done
    [ "$state" = succeeded ] || fail "the render is $state: $(api "$url/v1/renders/$id")"
    echo "$id"
}
first=$(render one)
contains '<html' api -H 'Accept: text/html' "$url/v1/renders/$first/report" || fail "no report as HTML"
contains 'stemlathe.report/1' api -H 'Accept: application/json' "$url/v1/renders/$first/report" || fail "no report as JSON"
api -r 0-9999 -o "$work/listen" "$url/v1/renders/$first/media"
[ "$(stat -c %s "$work/listen")" = 10000 ] || fail "the review audio has no ranges"

json -o /dev/null -d '{"text": "0:03 - vocal too harsh"}' "$url/v1/sessions/$session/comments"
api -o /dev/null -X POST -H 'Idempotency-Key: round' "$url/v1/sessions/$session/rounds"
second=$(render two)
contains '"state": "resolved"' api "$url/v1/sessions/$session/comments" || fail "the revision resolved no comment"
[ "$(api "$url/v1/renders/$second" | value revision)" = 2 ] || fail "the second render is not revision 2"

json -o /dev/null -H 'Idempotency-Key: yes' -d "{\"render\": \"$second\"}" "$url/v1/sessions/$session/approvals"
delivery=$(json -H 'Idempotency-Key: ship' -d "{\"render\": \"$second\"}" "$url/v1/sessions/$session/deliveries" | value id)
api -o "$work/delivery.zip" "$url/v1/sessions/$session/deliveries/$delivery/archive"
(cd "$work" && mkdir unpacked && cd unpacked && python3 -m zipfile -e ../delivery.zip . && sha256sum --quiet -c MANIFEST.sha256) ||
    fail "the delivery does not have its checksums"
echo "road_test: two revisions, one round, $(find "$work/unpacked" -type f | wc -l) files delivered"
