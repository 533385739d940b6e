#pragma once

#include "host/intake/block_check.hpp"
#include "host/intake/origin/mean_spectrum.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace stemlathe {

/// 1.2 s in which the level does not move: of a floor of noise, or of a held note.
struct SteadyRun {
    double level_dbfs = 0.0; ///< rms
    std::int64_t first_frame = 0;
    std::int64_t frames = 0;
    std::vector<float> left{}; ///< the beginning of each fifth of a second
    std::vector<float> right{};
};

/// Looks for the quietest steady run of a stem, and keeps count of its levels.
class SteadyRunFinder {
  public:
    explicit SteadyRunFinder(int rate_hz);

    void add(Block const& block);

    /// The level that this share of the stem's 200 ms stays under, dBFS; silence does not count,
    /// nor does what is under -120 dBFS.
    [[nodiscard]] double level_dbfs(double share) const;

    [[nodiscard]] std::optional<SteadyRun> const& quietest() const noexcept {
        return quietest_;
    }

    /// What the run is made of.
    [[nodiscard]] MeanSpectrum spectrum_of(SteadyRun const& run) const;

  private:
    static constexpr std::size_t kCells = 6; ///< of 200 ms, that make a run
    static constexpr int kLevels = 130;      ///< -120 .. +9 dBFS

    struct Cell {
        double level_dbfs = 0.0;
        std::int64_t first_frame = 0;
        std::vector<float> left{};
        std::vector<float> right{};
    };

    void finish_cell();
    [[nodiscard]] bool is_steady() const;
    void keep_run();

    int rate_hz_;
    std::int64_t cell_frames_;
    std::int64_t sample_frames_; ///< of a cell that are kept
    Cell cell_{};                ///< that is being filled
    double energy_ = 0.0;
    std::int64_t filled_ = 0;
    std::vector<Cell> recent_{}; ///< the last kCells, oldest first
    std::array<std::int64_t, kLevels> counts_{};
    std::optional<SteadyRun> quietest_{};
};

} // namespace stemlathe
