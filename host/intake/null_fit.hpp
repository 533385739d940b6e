#pragma once

#include "host/intake/linear_fit.hpp"
#include "host/intake/null_reading.hpp"
#include "host/intake/product_blocks.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace stemlathe {

/// Products of the stems and the reference mix, and which column is what.
struct NullProducts {
    ProductBlocks products{};
    BlockRange common{};               ///< the blocks where both are
    BlockRange range{};                ///< of these, where no moved stem lacks its start or end
    std::vector<std::size_t> sent{};   ///< [stems] as they were sent
    std::vector<std::size_t> placed{}; ///< [stems] where the reference has them
    std::size_t reference = 0;
};

/// How the stems make the reference.
struct NullFit {
    LinearFit stems{};             ///< of the placed columns, signed
    std::vector<double> shares{};  ///< [stems] of the stems' energy
    std::vector<bool> is_judged{}; ///< loud enough beside the others to say something about it
    double likely_gain = 0.0;      ///< of every stem, if the reference is made of nothing else
    double gain = 1.0;             ///< that most stems share
    int polarity = 1;
    double sent_db = 0.0;   ///< residual of the stems as sent at the common gain
    double fitted_db = 0.0; ///< residual of the placed stems at gains of their own

    /// Gain of a stem relative to the common one; 1 where nothing is wrong.
    [[nodiscard]] double relative_gain(std::size_t stem) const noexcept {
        return stems.gains[stem] * polarity / gain;
    }
};

/// Gains within this of each other are one gain.
inline constexpr double kGainTolerance_db = 0.1;

/// A residual up to this is a pass: dither and conversion leave as much.
inline constexpr double kNullPass_db = -60.0;

/// The gain that most of some stems share: one that was changed does not move it. Of several, the
/// nearest to 0 dB, at which most bounces are made. Where no two agree and none is at 0 dB, the
/// mean by energy. 1 where there are none; polarity does not count.
[[nodiscard]] double
common_gain_of(std::span<double const> gains, std::span<double const> energies);

[[nodiscard]] NullFit fit_null(NullProducts const& products);

/// Nothing is left to explain: the residual passes, and every judged stem has the common gain.
[[nodiscard]] bool is_clean(NullFit const& fit);

} // namespace stemlathe
