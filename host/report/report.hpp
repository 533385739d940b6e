#pragma once

#include "host/codecs/codec_reading.hpp"
#include "host/comments/comment.hpp"
#include "host/engine_generation.hpp"
#include "host/intake/null_reading.hpp"
#include "host/loudness/meter.hpp"
#include "host/masking/masking_reading.hpp"
#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "host/vinyl/cut_check.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

struct StemReading {
    std::string file{};
    Role role = Role::other;
    std::optional<double> integrated_lufs = std::nullopt;
    std::optional<double> true_peak_dbtp = std::nullopt;
    std::optional<double> crest_db = std::nullopt;
    std::optional<double> correlation = std::nullopt;
    std::vector<float> peak{};       ///< largest |sample| per 100 ms, for pictures
    std::vector<float> level_lufs{}; ///< K-weighted level per 100 ms; kSilence_db for silence
};

/// The sum of the conformed stems before any processing.
struct MixReading {
    std::optional<double> integrated_lufs = std::nullopt;
    std::optional<double> true_peak_dbtp = std::nullopt;
    std::optional<double> loudness_range_lu = std::nullopt;
    std::optional<NullReading> null_vs_reference = std::nullopt; ///< nullopt: no reference mix
};

struct DeliveredFile {
    std::string path{}; ///< relative to the output folder
    std::string container{};
    std::string codec{};
    int sample_rate_hz = 0;
    std::optional<int> bit_depth = std::nullopt; ///< nullopt where a lossy codec has none
    int channels = 2;
    std::int64_t frames = 0;
    std::int64_t bytes = 0;
    std::string sha256{};
    std::string md5{};
};

struct DeliveryFailure {
    std::string code{}; ///< loudness, loudness_budget, true_peak, loudness_range, short_term,
                        ///< length, version_sum
    double measured = 0.0;
    double limit = 0.0;
    std::string unit{};
    std::string message{};
};

/// One delivery as it lies on disk; loudness and peaks by the second meter.
struct DeliveryReport {
    DeliveryPlan plan{};          ///< resolved
    std::string version{};        ///< its name; empty: the master itself
    double version_gain_db = 0.0; ///< of the whole file, beside the master's own gains; 0 or less
    bool within_spec = true;
    std::vector<DeliveryFailure> failures{};
    std::vector<std::string> notes{}; ///< sentences: what was given up for what
    LoudnessReading reading{};
    std::optional<double> target_lufs = std::nullopt;
    std::optional<double> true_peak_limit_dbtp = std::nullopt;
    std::optional<double> drive_db = std::nullopt; ///< solved gain before the limiter
    double trim_db = 0.0;
    double gain_reduction_max_db = 0.0;
    double gain_reduction_mean_db = 0.0;
    double gain_reduction_p95_db = 0.0;
    std::vector<float> gain_reduction_db{}; ///< limiter, per kTraceHopFrames at the delivered rate
    std::vector<DeliveredFile> files{};
    std::vector<LoudnessReading> stem_readings{}; ///< [files] of processed stems
    std::vector<CutCheck> cutting{};              ///< of a vinyl master
    /// Of what goes to lossy services.
    std::optional<CodecReading> codecs = std::nullopt;

    /// "streaming", "streaming instrumental".
    [[nodiscard]] std::string label() const {
        return version.empty() ? plan.name : plan.name + " " + version;
    }
};

struct BandReduction {
    double low_hz = 0.0;
    double high_hz = 0.0;
    std::vector<float> gain_reduction_db{}; ///< per kTraceHopFrames at the session's rate
};

struct StageTiming {
    std::string name{};
    double wall_s = 0.0;
};

struct EngineReading {
    std::string version{};
    std::string commit{};
    std::int64_t generation = kFirstEngine; ///< host/engine_generation.hpp
    std::string backend{};
    std::string device{}; ///< the identity: "cpu/x86-64-v4"
    std::string device_name{};
    std::string reason{};
    int threads = 1;
};

struct Timing {
    double audio_s = 0.0;
    double wall_s = 0.0;
    std::int64_t peak_memory_bytes = 0;
    std::vector<StageTiming> stages{};
};

struct PreviewRange {
    double from_s = 0.0;
    double to_s = 0.0;
};

/// Everything that `report.json` and `report.html` say.
struct MasteringReport {
    EngineReading engine{};
    SessionInfo info{};
    std::string folder{}; ///< the session folder's own name: a title where none was given
    double duration_s = 0.0;
    int sample_rate_hz = 0;
    int stem_count = 0;
    std::optional<PreviewRange> preview = std::nullopt;
    std::string verdict{}; ///< accept, warn, refuse
    std::vector<Finding> findings{};
    std::vector<StemReading> stems{};
    MixReading mix{};
    std::vector<float> mix_short_term_lufs{}; ///< per 100 ms, for pictures
    std::optional<MaskingReading> masking = std::nullopt;
    std::optional<std::vector<CommentReading>> comments =
        std::nullopt;     ///< nullopt: none looked for
    MasteringPlan plan{}; ///< resolved: what was done, in numbers
    std::vector<BandReduction> multiband{};
    std::vector<DeliveryReport> deliveries{};
    Timing timing{};
};

} // namespace stemlathe
