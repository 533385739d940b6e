#!/usr/bin/env python3
"""Speed of the main job: three minutes, five stems, 44.1 kHz, five WAV deliveries with report and
verification, against what a shell script with ffmpeg would do.

Must show: 100 x realtime on two cores. Prints all runs, best and median; judges nothing, since a
busy machine is slower. ffmpeg does far less: it adds the stems, measures and normalises them in two
passes per delivery, without equaliser, dynamics, verification or report.
"""

import json
import re
import resource
import statistics
import subprocess
import sys
import time

import support

SECONDS = 180
TARGETS = [
    (-14, -1, 44100, "pcm_s24le"),
    (-10, -0.3, 44100, "pcm_s16le"),
    (-18, -3, 44100, "pcm_s24le"),
    (-24, -2, 48000, "pcm_s24le"),
    (-23, -1, 48000, "pcm_s24le"),
]


def ffmpeg(arguments):
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-y", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def ffmpeg_masters(session, work):
    """amix, then loudnorm twice per delivery. @returns seconds, and the processor's seconds"""
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    stems = sorted(session.glob("0*.wav"))
    inputs = [word for stem in stems for word in ("-i", stem)]
    mix = work / "mix.wav"
    ffmpeg([*inputs, "-filter_complex", f"amix=inputs={len(stems)}:normalize=0",
            "-c:a", "pcm_f32le", mix])
    for number, (lufs, peak, rate_hz, codec) in enumerate(TARGETS):
        goal = f"loudnorm=I={lufs}:TP={peak}:LRA=20"
        said = ffmpeg(["-i", mix, "-af", goal + ":print_format=json", "-f", "null", "-"])
        found = json.loads(re.search(r"\{[^{}]*\}\s*$", said)[0])
        known = (f"measured_I={found['input_i']}:measured_TP={found['input_tp']}"
                 f":measured_LRA={found['input_lra']}:measured_thresh={found['input_thresh']}")
        ffmpeg(["-i", mix, "-af", f"{goal}:{known}:linear=true", "-ar", rate_hz, "-c:a", codec,
                work / f"rival_{number}.wav"])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, cpu_s


def main():
    parser = support.arguments(__doc__)
    parser.add_argument("--runs", default=5, type=int)
    parser.add_argument("--threads", default="2")
    options = parser.parse_args()
    with support.Workplace(options) as work:
        session = work / "session"
        support.demo(options, session, SECONDS, 44100)
        print(support.machine())
        costs = []
        for number in range(options.runs):
            costs.append(support.master(options, session, work / f"out_{number}", "--threads",
                                        options.threads, expect=(0, 4)))
            print(f"  stemlathe {costs[-1].wall_s:.2f} s, processor {costs[-1].cpu_s:.2f} s,"
                  f" {costs[-1].peak_bytes / 2**20:.0f} MiB", flush=True)
        walls = [cost.wall_s for cost in costs]
        best, median = min(walls), statistics.median(walls)
        print(f"stemlathe: best {SECONDS / best:.0f} x realtime, median {SECONDS / median:.0f} x")
        for stage in support.report(work / "out_0")["timing"]["stages"]:
            print(f"  {stage['name']:12} {stage['wall_s']:.3f} s")
        rival_s, rival_cpu_s = ffmpeg_masters(session, work)
        print(f"ffmpeg amix + loudnorm: {rival_s:.1f} s, processor {rival_cpu_s:.1f} s,"
              f" {SECONDS / rival_s:.0f} x realtime")
    return 0


if __name__ == "__main__":
    sys.exit(main())
