#pragma once

#include "host/intake/block_check.hpp"
#include "host/model/session.hpp"

#include <memory>

/// The checks in the time domain, one file each. Every stem must outlive its check.
namespace stemlathe::intake {

[[nodiscard]] std::unique_ptr<BlockCheck> make_level_check(Stem const& stem);
[[nodiscard]] std::unique_ptr<BlockCheck> make_over_full_scale_check(Stem const& stem);

} // namespace stemlathe::intake
