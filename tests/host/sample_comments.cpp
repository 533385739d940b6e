#include "tests/host/sample_parts.hpp"

namespace stemlathe::test::sample {

namespace {

CommentReading harsh_vocal() {
    RegionPlan const region{
        .start_s = 46.8,
        .end_s = 48.1,
        .eq = {{.band = {.hz = 6'700.0, .gain_db = -2.5, .q = 1.6, .points = {}}}}};
    return {
        .comment =
            {.start_s = 47.0,
             .end_s = 47.0,
             .text = "vocal sibilance is <too> harsh",
             .stem = "03_Vocals.wav"},
        .measurements =
            {.stem_levels =
                 {{.stem = "01_Drums.wav", .level_lufs = -19.9, .against_median_db = -0.4},
                  {.stem = "02_Bass.wav", .level_lufs = -21.2, .against_median_db = 0.2},
                  {.stem = "03_Vocals.wav", .level_lufs = -17.1, .against_median_db = 2.1},
                  {.stem = "04_Guitars & <Keys>.wav",
                   .level_lufs = -22.4,
                   .against_median_db = -1.3},
                  {.stem = "05_FX.wav"}},
             .band_excess =
                 {{.stem = "03_Vocals.wav",
                   .band = "sibilance",
                   .low_hz = 5'000.0,
                   .high_hz = 9'000.0,
                   .excess_db = 4.6},
                  {.stem = "03_Vocals.wav",
                   .band = "air",
                   .low_hz = 9'000.0,
                   .high_hz = 16'000.0,
                   .excess_db = 1.2}},
             .sibilance_db = 5.1,
             .gain_reduction_db = 2.4},
        .proposal = CommentProposal{
            .stem = "03_Vocals.wav",
            .region = region,
            .reason =
                "vocals -2.5 dB at 5 to 9 kHz, 0:46.8 to 0:48.1: sibilance is 4.6 dB over its "
                "median there"}};
}

} // namespace

std::vector<CommentReading> comments() {
    CommentReading buried{
        .comment =
            {.start_s = 62.0,
             .end_s = 78.0,
             .text = "lead gets lost under the guitars in the chorus",
             .stem = "03_Vocals.wav"},
        .measurements =
            {.stem_levels =
                 {{.stem = "03_Vocals.wav", .level_lufs = -18.6, .against_median_db = 0.4},
                  {.stem = "04_Guitars & <Keys>.wav",
                   .level_lufs = -17.2,
                   .against_median_db = 2.8}},
             .gain_reduction_db = 3.1,
             .masking_findings = {0, 2}},
        .proposal = CommentProposal{
            .stem = "03_Vocals.wav",
            .region = {.start_s = 61.9, .end_s = 78.1, .gain_db = 1.0},
            .reason = "vocals +1.0 dB, 1:01.9 to 1:18.1: masked by guitars there, 3.9 dB short of "
                      "being clear",
            .applied = true}};
    CommentReading general{
        .comment =
            {.end_s = kSong_s, .text = "love it, a bit more weight overall", .anchored = false},
        .note = "no time was given, so nothing was measured; write it as \"0:47 - ...\""};
    return {harsh_vocal(), buried, general};
}

} // namespace stemlathe::test::sample
