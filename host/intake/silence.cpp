#include "host/intake/silence.hpp"

#include <fmt/format.h>

namespace stemlathe {

Finding silent_finding(std::string const& file, std::optional<double> peak_dbfs) {
    return {
        .code = "silent",
        .severity = Severity::warn,
        .stem = file,
        .measured = peak_dbfs,
        .limit = kSilentPeak_dbfs,
        .unit = "dBFS",
        .message = fmt::format(
            "{} is silent from start to end (peak under {:.0f} dBFS); if it should sound, export "
            "it again",
            file,
            kSilentPeak_dbfs
        )};
}

} // namespace stemlathe
