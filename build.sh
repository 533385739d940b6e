#!/bin/bash
# The README's commands. Everything that is missing is installed with apt (see .ci/deps); nothing else is fetched.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    cat <<'EOF'
usage: ./build.sh <command>

  demo [DIR]     Build, write a synthesised demo session, master it, and print where the report lies.
                 Default DIR: build/demo
  test           Build everything and run every test. GPU tests skip in words where there is no GPU.
  bundle         Build for all GPU architectures and pack the product with its shared libraries into
                 dist/stemlathe-<version>-x86_64.tar.gz. cuFFT and the driver stay the target's.
  bundle-tests   The same with tests and benchmarks: dist/stemlathe-tests-<version>-x86_64.tar.gz
  packages       Build for all GPU architectures and pack Debian packages: dist/stemlathe_<version>-1_amd64.deb and,
                 where nvcc is found, dist/stemlathe-cuda_<version>-1_amd64.deb
  help           This text.

Environment:
  JOBS                 compile jobs at a time        (default: as many as processors)
  STEMLATHE_CUDA       AUTO, ON or OFF               (default: AUTO, if nvcc is found)
  CUDA_ARCHITECTURES   for bundle and packages, as CMake's (default: those of the release preset)
  STEMLATHE_MAINTAINER for packages, "Name <address>"  (default: who made the commit)
EOF
}

say() { echo "build.sh: $*" >&2; }
fail() { say "$*"; exit 1; }
jobs=${JOBS:-$(nproc)}

set_up() {
    [ "$(uname -sm)" = "Linux x86_64" ] || fail "stemlathe runs on Linux on x86-64, this is $(uname -sm)"
    .ci/deps build tools
    # shellcheck source=/dev/null
    if [ -f .private/env ]; then . .private/env; fi
}

# configure PRESET [option...]
configure() {
    local log
    log=$(mktemp)
    cmake --preset "$@" -DSTEMLATHE_CUDA="${STEMLATHE_CUDA:-AUTO}" >"$log" 2>&1 ||
        { cat "$log" >&2; rm -f "$log"; fail "CMake could not configure the build; its words stand above"; }
    grep -- '-- CUDA module' "$log" >&2 || true
    rm -f "$log"
}

# The GPU of this machine, as CMake names it ("89-real"); nothing where there is none.
local_architectures() {
    nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null |
        tr -d '. ' | grep -E '^[0-9]+$' | sort -u | sed 's/$/-real/' | paste -sd';' || true
}

build_for_this_machine() {
    set_up
    local architectures options=()
    architectures=$(local_architectures)
    [ -z "$architectures" ] || options=(-DCMAKE_CUDA_ARCHITECTURES="$architectures")
    configure dev "${options[@]}"
    cmake --build --preset dev -j "$jobs" "$@"
}

demo() {
    local folder=${1:-build/demo}
    build_for_this_machine --target stemlathe
    local program=build/bin/stemlathe
    [ -e "$folder/session/session.toml" ] || "$program" demo "$folder/session"
    "$program" master "$folder/session" --out "$folder/out"
    echo
    echo "The five masters: $folder/out/masters"
    echo "The report:       $folder/out/report.html"
}

run_tests() {
    build_for_this_machine
    .ci/deps web
    ctest --preset dev -j "$jobs" "$@"
}

# bundle COMPONENT NAME: installs one component of the release build into a folder and packs it.
bundle() {
    set_up
    local component=$1 version folder archive options=()
    [ -z "${CUDA_ARCHITECTURES:-}" ] || options=(-DCMAKE_CUDA_ARCHITECTURES="$CUDA_ARCHITECTURES")
    configure release "${options[@]}"
    cmake --build --preset release -j "$jobs"
    version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' build-release/CMakeCache.txt)
    folder=$2-$version-x86_64
    archive=dist/$folder.tar.gz
    rm -rf "dist/$folder"
    mkdir -p dist
    cmake --install build-release --component stemlathe --strip --prefix "dist/$folder" >/dev/null
    if [ "$component" = tests ]; then
        cmake --install build-release --component tests --strip --prefix "dist/$folder" >/dev/null
    fi
    # Names sorted and owners dropped: the same build packs to the same bytes.
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C dist -c "$folder" | gzip -9n >"$archive"
    rm -rf "dist/$folder"
    local bytes limit=$((40 << 20))
    bytes=$(stat -c %s "$archive")
    echo "$archive: $bytes bytes"
    [ "$bytes" -le "$limit" ] || fail "$archive is larger than 40 MiB"
}

packages() {
    set_up
    .ci/deps packages
    # What is unpacked for this folder alone has no package that others could install.
    if [ -f .private/env ]; then fail "packages need root or sudo: their libraries must be Debian's own, installed"; fi
    local options=()
    [ -z "${CUDA_ARCHITECTURES:-}" ] || options=(-DCMAKE_CUDA_ARCHITECTURES="$CUDA_ARCHITECTURES")
    [ -z "${STEMLATHE_MAINTAINER:-}" ] || options+=(-DSTEMLATHE_MAINTAINER="$STEMLATHE_MAINTAINER")
    configure packages "${options[@]}"
    cmake --build --preset packages -j "$jobs"
    rm -f dist/*.deb build-packages/*.deb
    # The commit's time in place of the clock: the same commit packs to the same bytes.
    (cd build-packages && SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) cpack -G DEB >cpack.log) ||
        { cat build-packages/cpack.log >&2; fail "CPack could not make the packages; its words stand above"; }
    mkdir -p dist
    mv build-packages/*.deb dist/
    stat -c '%n: %s bytes' dist/*.deb
}

case "${1:-help}" in
    demo) shift; demo "$@" ;;
    test) shift; run_tests "$@" ;;
    bundle) bundle stemlathe stemlathe ;;
    bundle-tests) bundle tests stemlathe-tests ;;
    packages) packages ;;
    help | -h | --help) usage ;;
    *) usage >&2; fail "no such command: $1" ;;
esac
