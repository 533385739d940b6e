#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// How much one stem covers another, over the whole song.
struct MaskingPair {
    std::string masker{};
    std::string masked{};
    double shortfall_db = 0.0; ///< mean dB that the masked stem lacks to its target because of it
    double percent_of_time = 0.0; ///< of the masked stem's playing time, 0 .. 100
    bool layered = false; ///< the two are coherent: layered or doubled, which is not masking
};

/// What helps against one finding; as it stands in the plan where it was applied.
struct MaskingFix {
    std::string stem{};
    std::string type{}; ///< bell, low-shelf, high-shelf, high-pass, level, pan, sidechain
    std::optional<double> hz = std::nullopt;
    std::optional<double> gain_db = std::nullopt;
    std::optional<double> q = std::nullopt;
    std::optional<double> pan = std::nullopt;
    bool dynamic = false; ///< keyed by the masked stem
    std::optional<double> predicted_margin_db = std::nullopt;
    std::optional<double> measured_margin_db = std::nullopt; ///< nullopt: nothing was re-analysed
    bool applied = false;
    std::string note{}; ///< a sentence, where there is something to say: why it was not applied
};

struct MaskerShare {
    std::string stem{};
    double share = 0.0;     ///< of the threshold, 0 .. 1
    double relief_db = 0.0; ///< how far the margin would rise without it
};

/// The spectrum picture of a finding: mean powers while it lasts, dB SPL at the ear, [bands].
struct MaskingPicture {
    std::vector<float> masked_db{};
    std::vector<float> masker_db{};    ///< the finding's own masker
    std::vector<float> threshold_db{}; ///< what all others and the quiet ask for
};

/// "Instruments cover vocals 1:02 to 1:18 at 1.8 to 3.4 kHz."
struct MaskingFinding {
    std::string masked{};
    std::string masker{};
    double start_s = 0.0;
    double end_s = 0.0;
    double low_hz = 0.0;
    double high_hz = 0.0;
    double margin_db = 0.0;       ///< mean over the finding, weighted by importance
    double worst_margin_db = 0.0; ///< lowest of any 100 ms
    double target_db = 0.0;
    std::string severity{}; ///< masked, critical, strong, moderate, mild
    double masker_share = 0.0;
    std::vector<MaskerShare> maskers{}; ///< all that matter, the greatest share first
    double confidence = 0.0;            ///< 0 .. 1
    double duty = 1.0;                  ///< share of start_s .. end_s in which it is so, 0 .. 1
    bool recurring = false;             ///< short moments that come again and again
    int occurrences = 1;
    std::string message{}; ///< a sentence with what, when, where and how much
    std::optional<MaskingFix> fix = std::nullopt;
    MaskingPicture picture{};
};

/// Where a stem is covered: margins over time and frequency, for a picture.
struct MaskingMap {
    std::string stem{};
    /// [columns][bands] mean margin over what is important there, dB; NaN where nothing is.
    std::vector<float> margin_db{};
};

/// Everything the masking analysis says; `stemlathe.report/1`, key "masking".
struct MaskingReading {
    std::string profile{}; ///< music, mgb97
    std::string field{};   ///< diffuse, free
    /// Loudness that the mix is taken to have at the listener, dB SPL; with --spl-at-full-scale the
    /// level of a full-scale sine.
    double calibration_db_spl = 78.0;
    std::vector<double> bands_hz{}; ///< centres of the auditory filters
    double hop_s = 0.0;
    double score_before = 0.0; ///< the cost J, dB; lower is better
    std::optional<double> score_after = std::nullopt;
    std::vector<MaskingPair> pairs{};       ///< those that matter, the worst first
    std::vector<MaskingFinding> findings{}; ///< the most important first
    double column_s = 0.0;                  ///< width of a column of the maps
    std::vector<MaskingMap> maps{};
    std::vector<std::string> notes{}; ///< sentences: what was tried and left, what was verified
};

} // namespace stemlathe
