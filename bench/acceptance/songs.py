#!/usr/bin/env python3
"""Masters real songs and has ffmpeg, flac, mediainfo and ffprobe judge every delivery.

Each song of --data, the demo, and the demo at 96 kHz made by upsampling. Ends with 1 if anything
is wrong. Needs ffmpeg, flac, mediainfo.
"""

import json
import subprocess
import sys

import support

DELIVERIES = "streaming,cd,vinyl,broadcast,broadcast-ebu,flac,mp3,archive"
LOUDNESS_TOLERANCE_LU = 0.15  # 0.1 and half of the digit that ffmpeg prints
PEAK_TOLERANCE_DB = 0.15


def upsampled(session, folder, rate_hz):
    """The session at another rate, as somebody would send it who believes in large numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem in sorted(session.glob("*.wav")):
        support.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", stem, "-af",
                     f"aresample={rate_hz}:resampler=soxr:precision=28", "-c:a", "pcm_s24le",
                     folder / stem.name])
    return folder


def loudness_faults(delivery, integrated):
    """What is wrong with ffmpeg's reading."""
    profile, target = delivery["profile"], delivery["target_lufs"]
    if profile == "cd" and not -12 <= integrated <= -9:
        return [f"cd at {integrated} LUFS is not within -12 .. -9"]
    if profile == "vinyl" and integrated > -17:
        return [f"vinyl at {integrated} LUFS is above -17"]
    if profile in ("cd", "vinyl") or target is None:
        return []
    if abs(integrated - target) > LOUDNESS_TOLERANCE_LU:
        return [f"{integrated} LUFS misses {target}"]
    return []


def tool_faults(path):
    """What other people's parsers say about a file."""
    faults = []
    probe = subprocess.run(["ffprobe", "-v", "warning", "-of", "json", "-show_streams", str(path)],
                           capture_output=True, text=True)
    if probe.returncode or probe.stderr.strip() or not json.loads(probe.stdout)["streams"]:
        faults.append(f"ffprobe: {probe.stderr.strip() or 'no stream'}")
    info = json.loads(subprocess.run(["mediainfo", "--Output=JSON", str(path)],
                                     capture_output=True, text=True, check=True).stdout)
    tracks = info["media"]["track"]
    if not any(track["@type"] == "Audio" for track in tracks):
        faults.append("mediainfo: no audio track")
    for track in tracks:
        extra = track.get("extra", {})
        if "ConformanceErrors" in extra or "IsTruncated" in extra:
            faults.append(f"mediainfo: {extra}")
    if path.suffix == ".flac":
        test = subprocess.run(["flac", "-ts", str(path)], capture_output=True, text=True)
        if test.returncode or test.stderr.strip():
            faults.append(f"flac -t: {test.stderr.strip()}")
    return faults


def judge(out, delivery):
    """One line per audio file; @returns the number of faults."""
    count = 0
    for file in delivery["files"]:
        path = out / file["path"]
        if path.suffix not in (".wav", ".flac", ".mp3"):
            continue
        integrated, true_peak = support.ffmpeg_loudness(path)
        faults = loudness_faults(delivery, integrated) + tool_faults(path)
        limit = 0.0 if path.suffix == ".mp3" else delivery["true_peak_limit_dbtp"]
        if limit is not None and true_peak > limit + PEAK_TOLERANCE_DB:
            faults.append(f"{true_peak} dBTP is over {limit}")
        print(f"  {delivery['profile']:14} {integrated:6.1f} LUFS {true_peak:5.1f} dBTP"
              f" {file['sample_rate_hz']:6} Hz  " + ("; ".join(faults) or "ok")
              + "".join(f"\n    {note}" for note in delivery.get("notes", [])))
        count += len(faults)
    return count


def main():
    parser = support.arguments(__doc__)
    parser.add_argument("--data", default=support.ROOT.parent / "shared/data")
    options = parser.parse_args()
    data = support.pathlib.Path(options.data)
    faults = 0
    with support.Workplace(options) as work:
        sessions = []
        for song in sorted(path.parent for path in data.glob("*/01_*.flac")):
            support.run(["sh", data / "unpack.sh", song, work / song.name])
            sessions.append(work / song.name)
        support.demo(options, work / "demo", 40, 48000)
        sessions.append(work / "demo")
        sessions.append(upsampled(work / "demo", work / "demo_96k", 96000))
        print(support.machine())
        for session in sessions:
            out = work / (session.name + "_out")
            more = ",hires" if session.name == "demo_96k" else ""
            cost = support.master(options, session, out, "--deliver", DELIVERIES + more)
            report = support.report(out)
            print(f"{session.name}: {report['session']['duration_s']:.1f} s in {cost.wall_s:.2f} s,"
                  f" intake {report['intake']['verdict']}")
            faults += sum(judge(out, delivery) for delivery in report["deliveries"])
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
