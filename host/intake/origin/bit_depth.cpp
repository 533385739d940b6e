#include "host/intake/origin/origin_checks.hpp"
#include "host/intake/origin/sample_grid.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace stemlathe::intake {

namespace {

constexpr int kWanted_bits = 24;
constexpr int kPadded_bits_max = 20; // 21 to 23 are a fade or a coincidence, not a recorder
constexpr int kPadded_bits_min = 8;  // fewer are a sound made of a few levels, as of a game
constexpr int kScaled_bits = 16;
constexpr double kStepOf16Bits = 256.0; // in those of 24 bits
constexpr double kHalfRange = 32'768.0;
constexpr double kUnchanged_db = 0.03;       // what rounding leaves unsure
constexpr std::int64_t kBlock_frames = 4096; // decisions fall at multiples of it, for all pieces
constexpr std::int64_t kBlocks_between_decisions = 16;
constexpr std::int64_t kBlocks_max = 512; // whose values are kept: 45 s

Finding padded(std::string const& file, int bits, std::string const& what) {
    return {
        .code = "padded_bit_depth",
        .severity = Severity::warn,
        .stem = file,
        .measured = bits,
        .limit = kWanted_bits,
        .unit = "bits",
        .message = fmt::format("{} {}. If there is a finer source, export from it", file, what)};
}

class BitDepth final : public StemCheck {
  public:
    explicit BitDepth(Stem const& stem)
        : stem_(stem),
          channels_(stem.media.channels > 1 ? 2 : 1),
          // What is stored in fewer bits says so itself; lossy codecs have none.
          is_settled_(stem.media.bit_depth < kWanted_bits) {}

    void process(StemFrames const& frames) override {
        std::size_t done = 0;
        while (!is_settled_ && done < frames.left.size()) {
            auto const at = frames.first_frame + static_cast<std::int64_t>(done);
            auto const room = static_cast<std::size_t>(kBlock_frames - at % kBlock_frames);
            auto const count = std::min(room, frames.left.size() - done);
            add(frames.left.subspan(done, count), 0, at);
            if (!frames.right.empty()) {
                add(frames.right.subspan(done, count), 1, at);
            }
            done += count;
            if (count == room) {
                settle((at + static_cast<std::int64_t>(count)) / kBlock_frames);
            }
        }
    }

    void finish(std::vector<Finding>& findings) override {
        if (is_settled_) {
            return;
        }
        int const bits = std::max(grids_[0].bits(), grids_[1].bits());
        if (bits >= kPadded_bits_min && bits <= kPadded_bits_max) {
            findings.push_back(padded(
                stem_.file,
                bits,
                fmt::format(
                    "is stored in {} {}, but every sample fits into {}",
                    stem_.media.bit_depth,
                    stem_.media.is_float ? "bits of floating point" : "bits",
                    bits
                )
            ));
        } else if (auto const change_db = level_change_db(); change_db && bits > kPadded_bits_max) {
            findings.push_back(padded(
                stem_.file,
                kScaled_bits,
                std::abs(*change_db) < kUnchanged_db
                    ? std::string{"holds 16-bit samples nearly throughout; only a few, of an edit "
                                  "perhaps, are finer"}
                    : fmt::format(
                          "holds 16-bit samples whose level was changed by {:+.1f} dB without "
                          "dither",
                          *change_db
                      )
            ));
        }
    }

  private:
    void add(std::span<float const> samples, std::size_t channel, std::int64_t frame) {
        grids_[channel].add(samples);
        if (frame < kBlocks_max * kBlock_frames) {
            grids_[channel].add_values(samples);
        }
    }

    [[nodiscard]] bool is_padded() const {
        return std::max(grids_[0].bits(), grids_[1].bits()) <= kPadded_bits_max;
    }

    /// A channel that is finer than 20 bits and has no coarse steps near zero settles it.
    void settle(std::int64_t blocks) {
        if (blocks % kBlocks_between_decisions == 0 && !is_padded()) {
            is_settled_ = grids_[0].is_fine() || grids_[1].is_fine() ||
                          (blocks >= kBlocks_max && !level_change_db());
        }
    }

    /// By how much 16 bits were changed, where that is what all channels hold that hold anything.
    [[nodiscard]] std::optional<double> level_change_db() const {
        std::optional<double> change_db;
        for (std::size_t channel = 0; channel < channels_; ++channel) {
            auto const step = grids_[channel].step();
            if (!step && grids_[channel].bits() > 0) {
                return std::nullopt;
            }
            // What reaches further than 2^15 steps had more than 16 bits.
            if (step && grids_[channel].peak() > 1.01 * kHalfRange * *step) {
                return std::nullopt;
            }
            if (step && !change_db) {
                change_db = db_from_gain(*step / kStepOf16Bits);
            }
        }
        return change_db;
    }

    Stem const& stem_;
    std::size_t channels_;
    bool is_settled_;
    std::array<SampleGrid, 2> grids_{};
};

} // namespace

std::unique_ptr<StemCheck> make_bit_depth_check(Stem const& stem) {
    return std::make_unique<BitDepth>(stem);
}

} // namespace stemlathe::intake
