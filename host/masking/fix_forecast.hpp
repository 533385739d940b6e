#pragma once

#include "host/masking/balance.hpp"
#include "host/masking/event.hpp"
#include "host/masking/fix.hpp"
#include "host/masking/pair_sums.hpp"
#include "kernels/excitation/excitation.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace stemlathe {

/// What fixes would do, from the sums of one analysis alone. A keyed band is taken to be at work
/// whenever its key plays.
class FixForecast {
  public:
    FixForecast(
        PairSums const& sums, Balance const& balance, std::span<double const> bands_hz, Field field
    );

    /// The cost J, dB.
    [[nodiscard]] double score_db(std::span<Fix const> fixes) const;

    /// How far a stem's margin moves in one band where it falls short, dB.
    [[nodiscard]] double
    change_db(std::span<Fix const> fixes, std::size_t masked, std::size_t band) const;

    /// Margin of an event, dB.
    [[nodiscard]] double margin_db(std::span<Fix const> fixes, MaskingEvent const& event) const;

    /// The balance as it would be.
    [[nodiscard]] Balance balance(std::span<Fix const> fixes) const;

  private:
    /// [stems] the fixes that change each.
    using Changes = std::vector<std::vector<Fix const*>>;

    [[nodiscard]] Changes changes_of(std::span<Fix const> fixes) const;
    [[nodiscard]] double
    kept(std::vector<Fix const*> const& of_stem, std::size_t band, std::size_t heard) const;
    [[nodiscard]] double
    change_db(Changes const& changes, std::size_t masked, std::size_t band) const;

    PairSums const& sums_;
    Balance const& balance_;
    std::vector<double> loudness_weight_; ///< [bands] K-weighting over the ear's own
    std::vector<double> playing_;         ///< [stems] share of the song
};

} // namespace stemlathe
