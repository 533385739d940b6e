#!/usr/bin/env python3
"""Compares the bytes of masters/ and plan.toml between runs that must agree.

Twice, 1 and 2 threads, segments of 4096, 65536 and all frames, and the resolved plan fed back; then
the same on the narrower instruction set (STEMLATHE_ISA=v3), which is an identity of its own. Ends
with 1 if anything differs.
"""

import hashlib
import sys

import support

DELIVERIES = "streaming,cd,vinyl,broadcast,broadcast-ebu,flac,mp3,archive,stems"
VARIANTS = {
    "again": (),
    "1 thread": ("--threads", "1"),
    "2 threads": ("--threads", "2"),
    "segments of 4096": ("--segment-frames", "4096"),
    "segments of 65536": ("--segment-frames", "65536"),
    "one segment": ("--segment-frames", "all"),
}


def digests(out):
    """SHA-256 of everything whose bytes are promised."""
    masters = sorted(path for path in (out / "masters").rglob("*") if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in [out / "plan.toml", *masters]}


def compare(options, work, session, env, name):
    """@returns the number of variants that differ from the first run"""
    first = work / f"{name}_first"
    run = lambda out, *more: support.master(
        options, session, out, "--deliver", DELIVERIES, *more, env=env, expect=(0, 4))
    run(first)
    expected = digests(first)
    print(f"{name}: {len(expected)} files, {support.report(first)['engine']['device']}")
    variants = {**VARIANTS, "plan fed back": ("--plan", first / "plan.toml")}
    differing = 0
    for variant, more in variants.items():
        out = work / f"{name}_{variant.replace(' ', '_')}"
        run(out, *more)
        actual = digests(out)
        different = sorted(file for file in expected.keys() | actual.keys()
                           if expected.get(file) != actual.get(file))
        print(f"  {variant:18} " + (", ".join(different) or "the same bytes"), flush=True)
        differing += bool(different)
    return differing


def main():
    parser = support.arguments(__doc__)
    parser.add_argument("--seconds", default="40")
    options = parser.parse_args()
    with support.Workplace(options) as work:
        session = work / "session"
        support.demo(options, session, options.seconds, 48000)
        differing = compare(options, work, session, {}, "native")
        differing += compare(options, work, session, {"STEMLATHE_ISA": "v3"}, "v3")
    print(f"{differing} variants differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
