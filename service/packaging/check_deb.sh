#!/bin/bash
# Installs the packages of ./build.sh packages on a Debian 12 made for it (debootstrap, in a temporary folder), lets the
# installed service master a short demo session as its own user, and removes them again: what is left is compared with
# what was there before. Where systemd-nspawn is (package systemd-container), the same Debian is booted with a PostgreSQL:
# the units serve, render, drain and scrub within all that they are forbidden, are upgraded while they run and purged.
# Needs root, debootstrap, and the package mirror that apt uses here. About five minutes.
# usage: check_deb.sh [FOLDER WITH THE PACKAGES]    default: dist
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=$(realpath "${1:-dist}")
skip() { echo "check_deb: skipped: $*"; exit 77; }
fail() { echo "check_deb: $*" >&2; exit 1; }
say() { printf 'check_deb: [%3d s] %s\n' $SECONDS "$*"; }

[ "$(id -u)" = 0 ] || skip "chroot needs root"
command -v debootstrap >/dev/null || skip "debootstrap is not installed"
deb=$(find "$packages" -maxdepth 1 -name 'stemlathe_*_amd64.deb' 2>/dev/null | sort | tail -1)
[ -n "$deb" ] || skip "no stemlathe_*_amd64.deb in $packages; ./build.sh packages makes it"
cuda_deb=$(find "$packages" -maxdepth 1 -name 'stemlathe-cuda_*_amd64.deb' | sort | tail -1)

root=$(mktemp -d "${TMPDIR:-/tmp}/stemlathe-deb.XXXXXX")
chmod 755 "$root" # it becomes everybody's /
server=
tidy_up() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    for mounted in proc dev/pts dev; do umount -l "$root/$mounted" 2>/dev/null || true; done
    # Never below a mount that stayed.
    if ! grep -qF " $root/" /proc/mounts; then rm -rf "$root"; fi
}
trap tidy_up EXIT
bare=(chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
inside() { "${bare[@]}" "$@"; }
# Every file with its kind, mode and owner; not what apt and dpkg note for themselves.
files() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./var/cache -o -path ./var/lib/apt \
        -o -path ./var/lib/dpkg -o -path ./var/log -o -path ./root \) -prune -o -printf '%p %y %m %U:%G\n') | sort
}
# Users that Debian's own tools change, keep copies of and lock.
without_users() { grep -vE '^\./etc/(passwd|group|shadow|gshadow|subuid|subgid)-? |^\./(etc|run) |^\./etc/\.pwd|^\./run/adduser ' || true; }

mirror=$(awk '/^URIs: http.*debian$/ { print $2; exit } /^deb http.*debian / { print $2; exit }' \
    /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null || true)
say "debootstrap bookworm from ${mirror:=http://deb.debian.org/debian}"
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || { tail -5 "$root.log" >&2; fail "debootstrap failed"; }
rm -f "$root.log"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
# Nothing starts in a chroot.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
inside apt-get -qq update
mkdir "$root/tmp/packages"
cp "$deb" ${cuda_deb:+"$cuda_deb"} "$root/tmp/packages"

say "its dependencies, by apt"
dependencies=$(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed -E 's/\([^)]*\)//; s/\|.*//; s/ //g')
# shellcheck disable=SC2086
inside apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends $dependencies >/dev/null 2>&1 ||
    fail "apt cannot install what the package depends on: $dependencies"
before=$(files | without_users)
users_before=$(cut -d: -f1 "$root/etc/passwd" | sort)

say "apt install $(basename "$deb")"
inside apt-get -y -o Dpkg::Use-Pty=0 install --no-install-recommends "/tmp/packages/$(basename "$deb")" 2>&1 | grep '^stemlathe:'
inside stat -c '%U %a' /var/lib/stemlathe | grep -qx 'stemlathe 700' || fail "/var/lib/stemlathe is not for the user stemlathe alone"
inside stat -c '%U:%G %a' /etc/stemlathe/stemlathe.toml | grep -qx 'root:stemlathe 640' || fail "stemlathe.toml can be read by others"
inside dpkg-query -W -f='${Conffiles}\n' stemlathe | grep -q '/etc/stemlathe/stemlathe.toml' || fail "stemlathe.toml is no conffile"
[ ! -e "$root/etc/systemd/system/multi-user.target.wants/stemlathe-serve.service" ] || fail "stemlathe-serve was enabled"
inside stemlathe version
inside test -s /usr/share/man/man1/stemlathe.1.gz || fail "there is no manual page"

say "the service, with the words of its unit"
exec_start=$(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/stemlathe-serve.service")
token=check-deb-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
# Not through a function: what is killed later must be the service itself.
# shellcheck disable=SC2086
"${bare[@]}" setpriv --reuid stemlathe --regid stemlathe --clear-groups --no-new-privs \
    env STEMLATHE_ADMIN_TOKEN="$token" STEMLATHE_LISTEN=127.0.0.1:0 HOME=/var/lib/stemlathe \
    $exec_start >"$root/tmp/out" 2>"$root/tmp/log" &
server=$!
for _ in $(seq 300); do
    if grep -q 'listening on' "$root/tmp/out"; then break; fi
    kill -0 "$server" 2>/dev/null || { cat "$root/tmp/log" >&2; fail "the service did not start"; }
    sleep 0.1
done
url=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$root/tmp/out")
[ -n "$url" ] || { cat "$root/tmp/log" >&2; fail "the service printed no address"; }
case $url in http://127.0.0.1:*) ;; *) fail "the service listens on $url" ;; esac

say "a demo session through $url"
inside stemlathe demo /tmp/song --seconds 10 --quiet >/dev/null
submit=(inside env STEMLATHE_TOKEN="$token" stemlathe)
ordered=$("${submit[@]}" submit /tmp/song --server "$url" --deliver streaming,cd --json --quiet || true)
render=$(sed -nE '0,/"id"/s/^ *"id": "(rnd_[^"]*)".*/\1/p' <<<"$ordered")
[ -n "$render" ] || { cat "$root/tmp/log" >&2; fail "nothing was ordered: $ordered"; }
"${submit[@]}" fetch "$render" --server "$url" --out /tmp/result --wait --quiet >/dev/null ||
    { cat "$root/tmp/log" >&2; fail "the masters could not be fetched"; }
masters=$(find "$root/tmp/result" -name '*.wav' | wc -l)
[ "$masters" -ge 2 ] || fail "$masters masters came, not 2"
say "$masters masters: $(find "$root/tmp/result" -name '*.wav' -printf '%f ')"
grep -q 'sandbox' "$root/tmp/log" && fail "decoders were not locked in"
kill -TERM "$server"
wait "$server" || { cat "$root/tmp/log" >&2; fail "the service did not end well"; }
server=

if [ -n "$cuda_deb" ]; then
    say "dpkg -i $(basename "$cuda_deb")"
    inside dpkg --install "/tmp/packages/$(basename "$cuda_deb")" >/dev/null
    inside stemlathe devices | sed 's/^/    /'
    inside dpkg --remove stemlathe-cuda >/dev/null
fi

say "apt remove: programs go, settings and masters stay"
inside apt-get -qq -y -o Dpkg::Use-Pty=0 remove stemlathe >/dev/null 2>&1
[ ! -e "$root/usr/bin/stemlathe" ] && [ ! -e "$root/usr/lib/stemlathe" ] || fail "programs were left behind"
[ -e "$root/etc/stemlathe/stemlathe.toml" ] || fail "the settings went with the programs"
blobs=$(find "$root/var/lib/stemlathe/blobs/cas" -type f | wc -l)
[ "$blobs" -gt 0 ] || fail "the masters went with the programs"

say "apt purge: says what stays"
inside apt-get -y -o Dpkg::Use-Pty=0 purge stemlathe 2>&1 | grep '^stemlathe:' | sed 's/^/    /' || fail "the purge was silent about masters"
[ "$(find "$root/var/lib/stemlathe/blobs/cas" -type f | wc -l)" = "$blobs" ] || fail "the purge removed masters"
left=$(comm -13 <(echo "$before") <(files | without_users) | grep -v '^\./var/lib/stemlathe[/ ]' || true)
[ -z "$left" ] || fail "the purge left: $left"

say "purge of an installation without data"
rm -rf "$root/var/lib/stemlathe"
inside apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends "/tmp/packages/$(basename "$deb")" >/dev/null 2>&1
inside apt-get -qq -y -o Dpkg::Use-Pty=0 purge stemlathe >/dev/null 2>&1
left=$(comm -13 <(echo "$before") <(files | without_users))
[ -z "$left" ] || fail "the purge left: $left"
missing=$(comm -23 <(echo "$before") <(files | without_users))
[ -z "$missing" ] || fail "the purge took what was not its own: $missing"
[ "$(cut -d: -f1 "$root/etc/passwd" | sort)" = "$users_before" ] || fail "the user was left without data"
say "everything is as it was before"

command -v systemd-nspawn >/dev/null || { say "the unit was not started: systemd-nspawn is not installed"; exit 0; }
say "the same Debian, booted"
inside apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends systemd systemd-sysv postgresql >/dev/null 2>&1
# The machine's network is the container's too.
echo "listen_addresses = ''" >>"$(find "$root/etc/postgresql" -name postgresql.conf)"
rm "$root/usr/sbin/policy-rc.d"
cp "$deb" "$root/root/stemlathe.deb"
mv "$root/tmp/song" "$root/root/song"
cat >"$root/root/check.sh" <<'EOT'
#!/bin/bash
# Runs inside; poweroff is the end of it, whatever happens. What it says goes to check.log.
trap 'systemctl poweroff >/dev/null 2>&1' EXIT
exec >/root/check.log 2>&1
set -euo pipefail
export HOME=/root STEMLATHE_SERVER=http://127.0.0.1:18437 DEBIAN_FRONTEND=noninteractive
STEMLATHE_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export STEMLATHE_TOKEN
unit=stemlathe-serve
process() { systemctl show -P MainPID $unit; }
apt-get -qq -y install /root/stemlathe.deb >/dev/null
if systemctl --quiet is-active $unit; then echo "an installation started the service"; exit 1; fi
printf 'STEMLATHE_ADMIN_TOKEN=%s\nSTEMLATHE_LISTEN=127.0.0.1:18437\n' "$STEMLATHE_TOKEN" >/etc/stemlathe/environment
systemctl enable --now $unit
state=$(stemlathe submit /root/song --deliver streaming --wait --json --quiet | sed -nE 's/^  "state": "([^"]*)".*/\1/p')
echo "a render in the unit: $state"
[ "$state" = succeeded ]
systemd-analyze security $unit --no-pager --threshold=15 | tail -1

# As OPERATING.md says it: to a PostgreSQL and a folder for several machines, and the work to workers.
url="postgresql:///stemlathe?host=/var/run/postgresql"
runuser -u postgres -- createuser stemlathe
runuser -u postgres -- createdb --template=template0 --encoding=UTF8 --locale=C --owner=stemlathe stemlathe
systemctl stop $unit
install -d -m 0700 -o stemlathe -g stemlathe /srv/stemlathe
cp -a /var/lib/stemlathe/blobs/. /srv/stemlathe/
runuser -u stemlathe -- stemlathe migrate --from /var/lib/stemlathe --to "$url" | tail -1
printf '\n[store]\nurl = "%s"\n[blobs]\ndir = "/srv/stemlathe"\n' "$url" >>/etc/stemlathe/stemlathe.toml
for name in stemlathe-serve stemlathe-worker; do
    mkdir -p /etc/systemd/system/$name.service.d
    printf '[Unit]\nRequiresMountsFor=/srv/stemlathe\n[Service]\nReadWritePaths=/srv/stemlathe\n' \
        >/etc/systemd/system/$name.service.d/farm.conf
done
printf 'ExecStart=\nExecStart=/usr/bin/stemlathe serve --config /etc/stemlathe/stemlathe.toml --no-worker\n' \
    >>/etc/systemd/system/$unit.service.d/farm.conf
systemctl daemon-reload
systemctl start $unit
systemctl enable --now stemlathe-worker
order() { stemlathe submit "$1" --deliver streaming --json --quiet "${@:2}" || true; }
field() { sed -nE "0,/\"$1\"/s/^ *\"$1\": \"([^\"]*)\".*/\1/p"; }
cp -r /root/song /root/song1
state=$(order /root/song1 --wait | sed -nE 's/^  "state": "([^"]*)".*/\1/p')
echo "a render by the worker's unit: $state"
[ "$state" = succeeded ]
if grep -l "^PPid:[[:space:]]$(process)\$" /proc/[0-9]*/status; then echo "serve --no-worker has executors"; exit 1; fi
systemd-analyze security stemlathe-worker --no-pager --threshold=15 | tail -1

# A stop in the middle of work: what runs is finished, what waits stays in the queue, and nothing counts as failed.
renders=()
for n in 2 3 4; do
    cp -r /root/song /root/song$n
    renders+=("$(order /root/song$n | field id)")
done
show() { stemlathe status "$1" --json --quiet | field state; }
for _ in $(seq 600); do
    last=$(show "${renders[2]}")
    if [ "$last" = running ]; then break; fi
    sleep 0.05
done
began=$SECONDS
systemctl stop stemlathe-worker
took=$((SECONDS - began))
drained=$(show "${renders[2]}")
echo "a stop while a render was $last: $drained after $took s; $(systemctl show -P Result stemlathe-worker), exit $(systemctl show -P ExecMainStatus stemlathe-worker)"
[ "$last" = running ]
[ "$drained" = succeeded ]
[ "$took" -lt 90 ]
[ "$(systemctl show -P ExecMainStatus stemlathe-worker)" = 0 ]
[ "$(systemctl show -P Result stemlathe-worker)" = success ]
systemctl start stemlathe-worker
for render in "${renders[@]}"; do [ "$(show "$render")" = succeeded ]; done

# The nightly reading: by hand, by its timer's name, and with a bit turned.
systemctl start stemlathe-scrub.service
journalctl -u stemlathe-scrub -o cat | grep '"event":"scrub"'
systemctl enable --now stemlathe-scrub.timer
timers=$(systemctl list-timers --no-pager stemlathe-scrub.timer)
grep -q stemlathe-scrub.service <<<"$timers"
blob=$(find /srv/stemlathe/cas -type f -size +100k | sort | head -1)
cp -a "$blob" /root/blob
printf X | dd of="$blob" bs=1 seek=50000 conv=notrunc status=none
if systemctl start stemlathe-scrub.service; then echo "a damaged file was not found"; exit 1; fi
echo "with a damaged file: $(systemctl show -P Result stemlathe-scrub), exit $(systemctl show -P ExecMainStatus stemlathe-scrub)"
[ "$(systemctl show -P ExecMainStatus stemlathe-scrub)" = 4 ]
journalctl -u stemlathe-scrub -o cat | grep '"level":"error"' | cut -c1-160
cp -a /root/blob "$blob"
systemctl start stemlathe-scrub.service
systemd-analyze security stemlathe-scrub --no-pager --threshold=13 | tail -1

first=$(process)
worker=$(systemctl show -P MainPID stemlathe-worker)
dpkg --install /root/stemlathe.deb >/dev/null
second=$(process)
if [ "$first" = "$second" ] || [ "$second" = 0 ]; then echo "an upgrade left process $second of $first"; exit 1; fi
after=$(systemctl show -P MainPID stemlathe-worker)
if [ "$worker" = "$after" ] || [ "$after" = 0 ]; then echo "an upgrade left worker $after of $worker"; exit 1; fi
systemctl --quiet is-active stemlathe-scrub.timer
echo "an upgrade stopped the units and started them again"
rm -r /etc/systemd/system/stemlathe-*.service.d
said=$(apt-get -qq -y purge stemlathe 2>&1) # whole: whoever stops reading early kills it
grep -q 'was kept, with' <<<"$said"
for name in $unit stemlathe-worker stemlathe-scrub.timer; do
    if systemctl --quiet is-active $name; then echo "$name runs after the purge"; exit 1; fi
done
[ ! -e /var/lib/stemlathe-worker ]
find /etc/systemd -name '*stemlathe*' | grep . && exit 1
echo "a purge stopped it and took its links"
echo done
EOT
chmod 755 "$root/root/check.sh"
printf '[Unit]\nAfter=basic.target\n[Service]\nExecStart=/root/check.sh\n' >"$root/etc/systemd/system/check.service"
ln -s ../check.service "$root/etc/systemd/system/multi-user.target.wants/check.service" 2>/dev/null ||
    { mkdir -p "$root/etc/systemd/system/multi-user.target.wants" &&
        ln -s ../check.service "$root/etc/systemd/system/multi-user.target.wants/check.service"; }
umount "$root/proc"
umount "$root/dev"
alone=()
[ -d /run/systemd/system ] || alone=(--register=no --keep-unit) # nobody here to register with
timeout 600 systemd-nspawn --quiet --directory "$root" "${alone[@]}" --console=pipe --boot </dev/null >"$root/root/boot.log" 2>&1 || true
sed 's/^/    /' "$root/root/check.log"
grep -qx done "$root/root/check.log" || { tail -20 "$root/root/boot.log" >&2; fail "the unit does not do what it should"; }
say "the units serve, render, drain, read everything, are upgraded and go"
