#pragma once

#include "host/demo/filters.hpp"
#include "host/demo/noise.hpp"
#include "host/demo/oscillator.hpp"
#include "host/demo/score.hpp"
#include "kernels/base/audio.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace stemlathe::demo {

/// Events start and filters retune at multiples of this, counted from the song's first frame: 0.7
/// ms at 48 kHz, too fine to hear, and independent of how the song is cut when it is rendered.
inline constexpr int kBlockFrames = 32;

struct StereoSample {
    double left = 0.0;
    double right = 0.0;
};

using Block = std::array<StereoSample, kBlockFrames>;

/// Gains of a source at `pan` (-1 left .. 1 right) with constant power.
[[nodiscard]] StereoSample gains_at(double pan) noexcept;

/// Things to come, handed out when their time has come.
template <typename Event>
class Agenda {
  public:
    void add(double start_s, Event event) {
        auto const later = std::upper_bound(
            entries_.begin(),
            entries_.end(),
            start_s,
            [](double moment_s, auto const& entry) { return moment_s < entry.first; }
        );
        entries_.insert(later, {start_s, std::move(event)});
    }

    /// Calls `start(event)` for all that are due, in order of time.
    template <typename Start>
    void run_until(double now_s, Start start) {
        std::size_t due = 0;
        while (due < entries_.size() && entries_[due].first <= now_s) {
            start(entries_[due].second);
            ++due;
        }
        entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(due));
    }

  private:
    std::vector<std::pair<double, Event>> entries_;
};

/// What every stem's synthesiser is given.
struct Studio {
    Score score;
    int rate_hz = 48'000;
    std::int64_t frames = 0;
    std::shared_ptr<SawTables const> tables;
};

/// One stem, synthesised from beginning to end. Adds what all stems share: bars planned in time,
/// a desk's output without direct current, a converter's hiss at -96 dBFS, and fades at both ends
/// of the song.
class StemSynth {
  public:
    StemSynth(Studio const& studio, int stem);
    StemSynth(StemSynth const&) = delete;
    StemSynth& operator=(StemSynth const&) = delete;
    virtual ~StemSynth() = default;

    [[nodiscard]] std::int64_t position() const noexcept {
        return position_;
    }

    /// The next frames, interleaved stereo.
    void render(std::span<float> interleaved);

  protected:
    /// Puts the events of a bar on the agenda. Called in order, a beat before the bar starts.
    virtual void plan_bar(int bar) = 0;

    /// Adds the next block, which starts at `now_s`, to silence.
    virtual void fill(Block& block, double now_s) = 0;

    [[nodiscard]] Score const& score() const noexcept {
        return studio_.score;
    }

    [[nodiscard]] SawTables const& tables() const noexcept {
        return *studio_.tables;
    }

    [[nodiscard]] double rate_hz() const noexcept {
        return studio_.rate_hz;
    }

    [[nodiscard]] double block_rate_hz() const noexcept {
        return rate_hz() / kBlockFrames;
    }

    /// Amplitude that keeps white noise as loud per hertz at any rate as at 48 kHz.
    [[nodiscard]] double noise_gain() const noexcept;

    [[nodiscard]] Noise make_noise(int number) const noexcept;

  private:
    void next_block();
    [[nodiscard]] double fade_at(std::int64_t frame) const noexcept;

    Studio studio_;
    int stem_;
    int next_bar_ = 0;
    std::int64_t position_ = 0;
    Block block_{};
    std::array<StateFilter, kChannels> coupling_{};
    Noise hiss_;
};

[[nodiscard]] std::unique_ptr<StemSynth> make_drums(Studio const& studio, int stem);
[[nodiscard]] std::unique_ptr<StemSynth> make_bass(Studio const& studio, int stem);
[[nodiscard]] std::unique_ptr<StemSynth> make_vocals(Studio const& studio, int stem);
[[nodiscard]] std::unique_ptr<StemSynth> make_instruments(Studio const& studio, int stem);
[[nodiscard]] std::unique_ptr<StemSynth> make_fx(Studio const& studio, int stem);

} // namespace stemlathe::demo
