#pragma once

#include "host/model/session.hpp"

#include <string_view>
#include <vector>

namespace stemlathe {

/// Whether findings with this code are about how good the source is (clipped, lossy, noisy), rather
/// than about how its files fit together (lengths, names, rates).
[[nodiscard]] bool is_about_quality(std::string_view code) noexcept;

/// `[intake] strict = true`: what would be a warning about the quality of a source refuses it.
void refuse_poor_sources(std::vector<Finding>& findings);

} // namespace stemlathe
