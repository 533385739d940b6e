#pragma once

#include "host/intake/excerpts.hpp"
#include "host/intake/null_measure.hpp"
#include "host/model/session.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace stemlathe {

/// Sets a finding's moment: the 0.4 s in which `energy(block)` adds up to most. @returns its start,
/// like "1:02.3"
template <typename Energy>
std::string set_moment(
    Finding& finding, NullProducts const& products, NullContext const& context, Energy const& energy
) {
    constexpr double kMoment_s = 0.4;
    double const rate_hz = context.session.rate_hz;
    double const block_s = static_cast<double>(products.products.block_frames) / rate_hz;
    auto const blocks =
        static_cast<std::size_t>(std::max<std::int64_t>(std::lround(kMoment_s / block_s), 1));
    auto const first = loudest_block(products.range, blocks, energy);
    double const from_s = static_cast<double>(context.window.from_frame) / rate_hz;
    finding.start_s = from_s + static_cast<double>(first) * block_s;
    finding.end_s = *finding.start_s + static_cast<double>(blocks) * block_s;
    return clock_words(*finding.start_s);
}

} // namespace stemlathe
