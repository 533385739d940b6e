#pragma once

#include "host/masking/event.hpp"
#include "host/masking/stem_hop.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// Measures again what events measured: the mean margin over the same bands and ranges, in other
/// audio of the same length.
class Watch {
  public:
    explicit Watch(std::span<MaskingEvent const> events);

    void take(StemHop const& hop);

    /// [events] dB; nullopt where the masked stem no longer plays there.
    [[nodiscard]] std::vector<std::optional<double>> margins_db() const;

  private:
    struct Watched {
        std::size_t masked = 0;
        BandRange bands{};
        std::vector<HopRange> ranges{};
        std::size_t range = 0; ///< the one under way, or the next
        double weight = 0.0;
        double margin = 0.0;
    };

    std::vector<Watched> watched_;
};

} // namespace stemlathe
