#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// Quieter than this, sample by sample, counts as silence: dither lies below it, noise-shaped 16
/// bit included, and a fade is over.
inline constexpr double kSilent_dbfs = -70.0;

/// What a quality-control sheet tells of a file beside its loudness. Levels are those of the mean
/// square against a full-scale square wave. nullopt where there is nothing to measure.
struct SignalReading {
    std::vector<double> dc{};                         ///< per channel: mean, full scale 1.0
    std::optional<double> balance_db = std::nullopt;  ///< left over right; stereo only
    std::optional<double> side_mid_db = std::nullopt; ///< (L-R) over (L+R); stereo only
    /// Pearson's, over windows of 400 ms above -50 dBFS in which both channels sound.
    std::optional<double> correlation_mean = std::nullopt;
    std::optional<double> correlation_min = std::nullopt;
    std::optional<double> correlation_min_at_s = std::nullopt; ///< where its window begins
    /// What the quietest tenth of all 400 ms windows stays under, digital silence left out.
    std::optional<double> noise_floor_dbfs = std::nullopt;
    /// Highest sample over loudness of the same 3 s, where that is least.
    std::optional<double> psr_min_db = std::nullopt;
    std::optional<double> psr_min_at_s = std::nullopt;
    std::int64_t overs = 0;           ///< samples beyond full scale: only floats can hold them
    std::int64_t clipped_samples = 0; ///< in runs of three or more equal ones at full scale
    double start_silence_s = 0.0;     ///< to 10 ms, as the next ones
    double end_silence_s = 0.0;
    double longest_silence_s = 0.0; ///< anywhere, start and end included
    double longest_silence_at_s = 0.0;
    std::optional<int> bits_used = std::nullopt; ///< from the sign to the lowest bit ever set
    std::vector<float> peak{};                   ///< highest |sample| per 100 ms, for pictures
};

/// What SignalMeter is told of the file.
struct SignalFormat {
    int rate_hz = 0;
    int channels = 2; ///< 1 or 2
    int bits = 0;     ///< per sample, whole numbers; 0: floats, or decoded from a lossy codec
};

/// Measures all of SignalReading but the ratio to loudness, in one pass, float64.
class SignalMeter {
  public:
    explicit SignalMeter(SignalFormat const& format);

    /// The next frames, interleaved.
    void add(std::span<double const> samples);

    /// Call once. @param short_term_lufs  per 100 ms the loudness of the 3 s that end there
    [[nodiscard]] SignalReading finish(std::span<float const> short_term_lufs);

  private:
    using Pair [[gnu::vector_size(2 * sizeof(double))]] = double; ///< left and right

    /// Sums over a stretch.
    struct Sums {
        Pair squares{};
        double product = 0.0;
        double peak = 0.0;
        std::int64_t frames = 0;
    };

    [[nodiscard]] std::int64_t hop_end() const;
    template <std::size_t kChannels>
    void sum(std::span<double const> samples);
    void collect_bits(std::span<double const> samples);
    void count_clipping(std::span<double const> samples);
    void end_run(std::size_t channel);
    void end_hop();
    void end_cell();

    void report_windows(SignalReading& reading) const;
    void report_ratio(SignalReading& reading, std::span<float const> short_term_lufs) const;

    SignalFormat format_;
    double full_scale_ = 1.0; ///< the highest |sample| that the positive side can hold
    std::int64_t frame_ = 0;
    std::int64_t hops_ = 0; ///< of 10 ms, complete
    Pair sum_{};
    Sums hop_{};
    Sums cell_{};
    Sums whole_{};
    std::vector<Sums> cells_{}; ///< of 100 ms
    std::uint32_t bits_ = 0;    ///< of all samples, left-justified, or'ed

    struct Run {
        double value = 0.0;
        std::int64_t length = 0;
    };

    std::array<Run, 2> runs_{}; ///< equal samples at full scale that end with the last one
    std::int64_t overs_ = 0;
    std::int64_t clipped_ = 0;
    std::int64_t silent_hops_ = 0; ///< that end with the last one
    std::int64_t silent_hops_first_ = -1;
    std::int64_t silent_hops_most_ = 0;
    std::int64_t silent_hops_most_at_ = 0;
};

} // namespace stemlathe
