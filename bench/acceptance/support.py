"""What the acceptance scripts share: running the product and reading files with other tools."""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Cost:
    """What one run took; peak memory is resident, in bytes."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


def arguments(description):
    """The options that all scripts have, for a script to extend."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--stemlathe", default=ROOT / "build/bin/stemlathe", type=pathlib.Path)
    parser.add_argument("--scratch", type=pathlib.Path,
                        help="where to work; default: a temporary folder")
    return parser


class Workplace:
    """A scratch folder that is removed afterwards unless the user named it."""

    def __init__(self, options):
        self._named = options.scratch
        self.path = options.scratch or pathlib.Path(tempfile.mkdtemp(prefix="acceptance-"))
        self.path.mkdir(parents=True, exist_ok=True)

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        if not self._named:
            shutil.rmtree(self.path)


def run(command, env=None, expect=(0,)):
    """Runs a command to its end and says what it took; leaves the script if it fails."""
    with tempfile.TemporaryFile() as output:
        start = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in expect:
            output.seek(0)
            sys.exit(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n"
                     + output.read().decode(errors="replace")[-4000:])
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def master(options, session, out, *more, env=None, expect=(0,)):
    return run([options.stemlathe, "master", session, "--out", out, "--quiet", *more], env, expect)


def demo(options, folder, seconds, rate_hz):
    return run([options.stemlathe, "demo", folder, "--seconds", seconds, "--rate", rate_hz])


def report(out):
    return json.loads((out / "report.json").read_text())


def ffmpeg_loudness(path):
    """Integrated loudness (LUFS) and true peak (dBTP), as ffmpeg's ebur128 reads them."""
    text = subprocess.run(
        ["ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-i", str(path), "-af",
         "ebur128=peak=true:framelog=verbose", "-f", "null", "-"],
        capture_output=True, text=True, check=True).stderr
    summary = text[text.rindex("Summary:"):]
    integrated = float(re.search(r"I:\s+(-?[\d.]+|-inf) LUFS", summary)[1])
    true_peak = float(re.search(r"True peak:\s+Peak:\s+(-?[\d.]+|-inf) dBFS", summary)[1])
    return integrated, true_peak


def machine():
    """One line about the processor, for the figures' sake."""
    names = re.findall(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{len(names)} x {names[0] if names else 'unknown processor'}, load {load}"
