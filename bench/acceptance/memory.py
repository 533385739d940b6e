#!/usr/bin/env python3
"""Peak resident memory of `master` on demo sessions of 10, 40 and 120 minutes, five stems, 48 kHz.

Must show: 10 and 40 minutes differ by less than 32 MiB; 120 minutes stay under 1 GiB. Ends with 1
otherwise. Needs 25 GB of scratch space for the longest; --minutes chooses others.
"""

import shutil
import sys

import support

MIB = 1 << 20
GROWTH_LIMIT_MIB = 32
LIMIT_MIB = 1024


def main():
    parser = support.arguments(__doc__)
    parser.add_argument("--minutes", default="10,40,120")
    options = parser.parse_args()
    peaks_mib = {}
    print(support.machine())
    with support.Workplace(options) as work:
        for minutes in map(float, options.minutes.split(",")):
            session, out = work / f"session_{minutes:g}", work / f"out_{minutes:g}"
            made = support.demo(options, session, 60 * minutes, 48000)
            cost = support.master(options, session, out, "--scratch", work, expect=(0, 4))
            peaks_mib[minutes] = cost.peak_bytes / MIB
            print(f"{minutes:5g} min: demo {60 * minutes / made.wall_s:.0f} x realtime and"
                  f" {made.peak_bytes / MIB:.1f} MiB; master {60 * minutes / cost.wall_s:.0f} x"
                  f" realtime and {cost.peak_bytes / MIB:.1f} MiB", flush=True)
            shutil.rmtree(session)
            shutil.rmtree(out)
    peaks = sorted(peaks_mib.items())
    short = [peak for minutes, peak in peaks if minutes <= 40]
    growth = max(short) - min(short) if short else 0.0
    print(f"growth up to 40 minutes: {growth:.1f} MiB (limit {GROWTH_LIMIT_MIB});"
          f" most: {peaks[-1][1]:.1f} MiB (limit {LIMIT_MIB})")
    return 0 if growth < GROWTH_LIMIT_MIB and peaks[-1][1] < LIMIT_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
