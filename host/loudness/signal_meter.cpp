#include "host/loudness/signal_meter.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace stemlathe {

namespace {

constexpr std::int64_t kHopRate = 100;
constexpr std::int64_t kHopsPerCell = 10;
constexpr double kCell_s = 0.1;
constexpr std::size_t kWindowCells = 4;
constexpr std::size_t kShortTermCells = 30;
constexpr double kQuiet_dbfs = -50.0; ///< below it, correlation is that of noise
constexpr float kLoud_lufs = -69.0F;  ///< above the traces' floor
constexpr std::int64_t kClippedRun = 3;
constexpr double kFloorPercentile = 0.10;

std::optional<double> ratio_db(double power, double other) {
    return power > 0.0 && other > 0.0 ? std::optional{10.0 * std::log10(power / other)}
                                      : std::nullopt;
}

} // namespace

SignalMeter::SignalMeter(SignalFormat const& format) : format_(format) {
    if (format.bits > 0) {
        full_scale_ = 1.0 - std::ldexp(1.0, 1 - format.bits);
    }
}

std::int64_t SignalMeter::hop_end() const {
    return ((hops_ + 1) * format_.rate_hz + kHopRate / 2) / kHopRate;
}

void SignalMeter::add(std::span<double const> samples) {
    auto const channels = static_cast<std::size_t>(format_.channels);
    while (!samples.empty()) {
        auto const left = static_cast<std::size_t>(hop_end() - frame_);
        auto const frames = std::min(left, samples.size() / channels);
        auto const piece = samples.first(frames * channels);
        channels == 2 ? sum<2>(piece) : sum<1>(piece);
        collect_bits(piece);
        count_clipping(piece);
        samples = samples.subspan(piece.size());
        frame_ += static_cast<std::int64_t>(frames);
        if (frames == left) {
            end_hop();
        }
    }
}

/// Four frames side by side, since one sum would wait for itself at every frame.
template <std::size_t kChannels>
void SignalMeter::sum(std::span<double const> samples) {
    constexpr std::size_t kLanes = 4;
    Pair sum[kLanes]{};
    Pair squares[kLanes]{};
    Pair peak[kLanes]{};
    double product[kLanes]{};
    auto const frames = samples.size() / kChannels;
    auto const add_frame = [&](std::size_t frame, std::size_t lane) {
        double const* const first = samples.data() + frame * kChannels;
        Pair const x{first[0], kChannels == 2 ? first[kChannels - 1] : 0.0};
        Pair const size = x < 0.0 ? -x : x;
        sum[lane] += x;
        squares[lane] += x * x;
        product[lane] += x[0] * x[1];
        peak[lane] = size > peak[lane] ? size : peak[lane];
    };
    std::size_t frame = 0;
    for (; frame + kLanes <= frames; frame += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            add_frame(frame + lane, lane);
        }
    }
    for (; frame < frames; ++frame) {
        add_frame(frame, 0);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        sum_ += sum[lane];
        hop_.squares += squares[lane];
        hop_.product += product[lane];
        hop_.peak = std::max({hop_.peak, peak[lane][0], peak[lane][1]});
    }
    hop_.frames += static_cast<std::int64_t>(frames);
}

/// Whole numbers alone have a lowest bit; once it was seen there is no more to learn.
void SignalMeter::collect_bits(std::span<double const> samples) {
    if (format_.bits == 0 || std::countr_zero(bits_) == 32 - format_.bits) {
        return;
    }
    std::uint32_t bits = 0;
    for (double const sample : samples) {
        bits |= static_cast<std::uint32_t>(static_cast<std::int32_t>(sample * 0x1p31));
    }
    bits_ |= bits;
}

void SignalMeter::count_clipping(std::span<double const> samples) {
    if (hop_.peak < full_scale_ && runs_[0].length == 0 && runs_[1].length == 0) {
        return;
    }
    auto const channels = static_cast<std::size_t>(format_.channels);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        auto const channel = i % channels;
        auto& run = runs_[channel];
        bool const is_full = std::abs(samples[i]) >= full_scale_;
        if (!is_full || samples[i] != run.value) {
            end_run(channel);
        }
        if (is_full) {
            run.value = samples[i];
            ++run.length;
            overs_ += std::abs(samples[i]) > 1.0 ? 1 : 0;
        }
    }
}

void SignalMeter::end_run(std::size_t channel) {
    if (runs_[channel].length >= kClippedRun) {
        clipped_ += runs_[channel].length;
    }
    runs_[channel] = {};
}

void SignalMeter::end_hop() {
    ++hops_;
    if (hop_.peak < gain_from_db(kSilent_dbfs)) {
        ++silent_hops_;
        if (silent_hops_ > silent_hops_most_) {
            silent_hops_most_ = silent_hops_;
            silent_hops_most_at_ = hops_ - silent_hops_;
        }
    } else {
        silent_hops_first_ = silent_hops_first_ < 0 ? silent_hops_ : silent_hops_first_;
        silent_hops_ = 0;
    }
    cell_.squares += hop_.squares;
    cell_.product += hop_.product;
    cell_.peak = std::max(cell_.peak, hop_.peak);
    cell_.frames += hop_.frames;
    hop_ = {};
    if (hops_ % kHopsPerCell == 0) {
        end_cell();
    }
}

void SignalMeter::end_cell() {
    whole_.squares += cell_.squares;
    whole_.product += cell_.product;
    whole_.frames += cell_.frames;
    cells_.push_back(cell_);
    cell_ = {};
}

SignalReading SignalMeter::finish(std::span<float const> short_term_lufs) {
    if (hop_.frames > 0) {
        end_hop();
    }
    if (cell_.frames > 0) {
        end_cell();
    }
    end_run(0);
    end_run(1);
    SignalReading reading{.overs = overs_, .clipped_samples = clipped_};
    for (int c = 0; c < format_.channels; ++c) {
        reading.dc.push_back(frame_ > 0 ? sum_[c] / static_cast<double>(frame_) : 0.0);
    }
    if (format_.channels == 2) {
        double const both = whole_.squares[0] + whole_.squares[1];
        reading.balance_db = ratio_db(whole_.squares[0], whole_.squares[1]);
        reading.side_mid_db = ratio_db(both - 2.0 * whole_.product, both + 2.0 * whole_.product);
    }
    auto const seconds = [](std::int64_t hops) {
        return static_cast<double>(hops) / static_cast<double>(kHopRate);
    };
    reading.start_silence_s = seconds(silent_hops_first_ < 0 ? silent_hops_ : silent_hops_first_);
    reading.end_silence_s = seconds(silent_hops_);
    reading.longest_silence_s = seconds(silent_hops_most_);
    reading.longest_silence_at_s = seconds(silent_hops_most_at_);
    if (format_.bits > 0 && bits_ != 0) {
        reading.bits_used = 32 - std::countr_zero(bits_);
    }
    for (auto const& cell : cells_) {
        reading.peak.push_back(static_cast<float>(cell.peak));
    }
    report_windows(reading);
    report_ratio(reading, short_term_lufs);
    return reading;
}

/// Correlation and noise floor, over 400 ms at every 100.
void SignalMeter::report_windows(SignalReading& reading) const {
    std::vector<double> levels;
    double correlations = 0.0;
    std::int64_t correlated = 0;
    for (std::size_t first = 0; first + kWindowCells <= cells_.size(); ++first) {
        Sums window;
        for (std::size_t i = first; i < first + kWindowCells; ++i) {
            window.squares += cells_[i].squares;
            window.product += cells_[i].product;
            window.frames += cells_[i].frames;
        }
        auto const [left, right] = std::pair{window.squares[0], window.squares[1]};
        double const power = (left + right) / static_cast<double>(window.frames * format_.channels);
        if (power > 0.0) {
            levels.push_back(power);
        }
        if (left > 0.0 && right > 0.0 && 10.0 * std::log10(power) > kQuiet_dbfs) {
            double const correlation =
                std::clamp(window.product / std::sqrt(left * right), -1.0, 1.0);
            correlations += correlation;
            ++correlated;
            if (correlation < reading.correlation_min.value_or(2.0)) {
                reading.correlation_min = correlation;
                reading.correlation_min_at_s = static_cast<double>(first) * kCell_s;
            }
        }
    }
    if (correlated > 0) {
        reading.correlation_mean = correlations / static_cast<double>(correlated);
    }
    if (!levels.empty()) {
        auto const at = static_cast<double>(levels.size() - 1) * kFloorPercentile;
        auto const floor = levels.begin() + std::llround(at);
        std::ranges::nth_element(levels, floor);
        reading.noise_floor_dbfs = 10.0 * std::log10(*floor);
    }
}

void SignalMeter::report_ratio(SignalReading& reading, std::span<float const> short_term_lufs)
    const {
    auto const ends = std::min(short_term_lufs.size(), cells_.size());
    for (std::size_t end = kShortTermCells; end <= ends; ++end) {
        double peak = 0.0;
        for (auto cell = end - kShortTermCells; cell < end; ++cell) {
            peak = std::max(peak, cells_[cell].peak);
        }
        auto const loudness = short_term_lufs[end - 1];
        if (loudness < kLoud_lufs || peak <= 0.0) {
            continue;
        }
        double const ratio = db_from_gain(peak) - static_cast<double>(loudness);
        if (ratio < reading.psr_min_db.value_or(1e9)) {
            reading.psr_min_db = ratio;
            reading.psr_min_at_s = static_cast<double>(end - kShortTermCells) * kCell_s;
        }
    }
}

} // namespace stemlathe
