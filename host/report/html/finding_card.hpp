#pragma once

#include "host/masking/masking_reading.hpp"
#include "host/report/html/stem_names.hpp"

#include <string>
#include <vector>

namespace stemlathe::html {

/// One finding at full length: the sentence, its figures, the fix and the picture of the moment.
[[nodiscard]] std::string finding_card(
    std::size_t index,
    MaskingFinding const& finding,
    std::vector<double> const& bands_hz,
    StemNames const& names
);

/// What became of a finding's fix: applied, proposed or none; HTML.
[[nodiscard]] std::string fix_state(MaskingFinding const& finding);

/// "likely" and the like, with the figure.
[[nodiscard]] std::string confidence_words(double confidence);

} // namespace stemlathe::html
