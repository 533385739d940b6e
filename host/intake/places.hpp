#pragma once

#include "host/intake/stem_check.hpp"

#include <algorithm>
#include <cstdint>

namespace stemlathe::intake {

/// Where something was found: how often, from the first place's start to the last one's end.
struct Places {
    std::int64_t count = 0;
    std::int64_t first_frame = 0;
    std::int64_t end_frame = 0;

    /// Places may come in any order.
    void add(std::int64_t from_frame, std::int64_t to_frame) noexcept {
        first_frame = count == 0 ? from_frame : std::min(first_frame, from_frame);
        end_frame = count == 0 ? to_frame : std::max(end_frame, to_frame);
        ++count;
    }

    [[nodiscard]] double start_s(Stem const& stem) const noexcept {
        return moment_s(stem, first_frame);
    }

    [[nodiscard]] double end_s(Stem const& stem) const noexcept {
        return moment_s(stem, end_frame);
    }
};

} // namespace stemlathe::intake
