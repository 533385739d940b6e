#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace stemlathe {

/// The files that PDF pages are set in: DejaVu Sans, its bold, and DejaVu Sans Mono. Looked for in
/// `share/fonts` beside the program's own folder (a bundle), then where they lay when this program
/// was built; nullopt where one is missing. No other font of the machine is ever used, so that the
/// same sheet is the same bytes everywhere.
[[nodiscard]] std::optional<std::vector<std::filesystem::path>> find_fonts();

/// What to tell a user who has no fonts.
inline constexpr char const* kNoFonts =
    "qc.pdf was left out: DejaVu Sans, which it is set in, is not on this machine; install "
    "fonts-dejavu-core. qc.json says the same";

} // namespace stemlathe
