#!/usr/bin/env python3
"""Asks intake where real stems come from, and compares it with what is known of them.

Each song of --data and demos with three seeds; and a lossless song through ffmpeg's encoders.
Ends with 1 if anything is missed or made up. Needs ffmpeg.
"""

import json
import sys

import support

CODES = {"lossy_source", "upsampled", "padded_bit_depth", "low_bit_depth", "noise_floor",
         "noise_only", "hum", "sample_rate_wrong", "streaming_header"}
# What their README.txt says of them. mdn_funk's other stems end in the noise of 16 bits before
# their codec does: nothing shows.
KNOWN = {
    "twilight_area": {},
    "potassium": {stem: {"lossy_source"} for stem in
                  ("01_Drums", "02_Pad_Bass", "03_Vocals", "04_Instruments", "05_FX")},
    "mdn_funk": {"01_Drums": {"low_bit_depth", "lossy_source"}} | {
        stem: {"low_bit_depth"} for stem in ("02_Bass", "03_LeadGuitar", "04_Clav", "05_Horns")},
}
ENCODERS = (("libmp3lame", "128k", "mp3"), ("libmp3lame", "320k", "mp3"), ("aac", "128k", "m4a"),
            ("libvorbis", "128k", "ogg"), ("libopus", "160k", "opus"))


def found_in(options, session, out):
    """The codes of each stem."""
    support.run([options.stemlathe, "analyze", session, "--out", out])
    codes = {}
    for finding in support.report(out)["intake"]["findings"]:
        if finding["code"] in CODES:
            codes.setdefault((finding["stem"] or "").rsplit(".", 1)[0], set()).add(finding["code"])
    return codes


def encoded(session, folder, codec, rate, suffix):
    """The session after somebody sent it by mail."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem in sorted(session.glob("0*.wav")):
        small = folder / f"{stem.stem}.tmp.{suffix}"
        support.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", stem, "-c:a", codec, "-b:a",
                     rate, small])
        support.run(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", small, "-c:a", "pcm_s24le",
                     folder / stem.name])
        small.unlink()
    return folder


def main():
    parser = support.arguments(__doc__)
    parser.add_argument("--data", default=support.ROOT.parent / "shared/data")
    options = parser.parse_args()
    data = support.pathlib.Path(options.data)
    faults = 0
    with support.Workplace(options) as work:
        for song, known in KNOWN.items():
            support.run(["sh", data / "unpack.sh", data / song, work / song])
            found = found_in(options, work / song, work / "out")
            faults += found != known
            print(f"{song}: {'as known' if found == known else found}")
        for seed in (1, 2, 3):
            demo = work / f"demo{seed}"
            support.run([options.stemlathe, "demo", demo, "--seed", seed, "--seconds", 60])
            found = found_in(options, demo, work / "out")
            faults += bool(found)
            print(f"demo {seed}: {found or 'nothing, as it should be'}")
        for codec, rate, suffix in ENCODERS:
            session = encoded(work / "twilight_area", work / f"{codec}_{rate}", codec, rate, suffix)
            found = found_in(options, session, work / "out")
            told = [stem for stem, codes in found.items() if "lossy_source" in codes]
            faults += not told
            print(f"twilight_area as {codec} {rate}: told of {', '.join(sorted(told)) or 'none'}")
    print(json.dumps({"faults": faults}))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
