#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace stemlathe {

/// How deliveries are named where nobody says otherwise. Order of its parts: The Recording
/// Academy's P&E Wing, Delivery Recommendations for Recorded Music Projects.
inline constexpr std::string_view kUsualFileName =
    "{artist}_{title}_{version}_{profile}_{stem}_{format}";

/// A pattern is letters, digits, - and _, and placeholders in braces; the extension is not part of
/// it. Placeholders: artist, title, version, album, profile, stem, track (two digits), isrc, upc,
/// date, rate ("44k"), bits ("24", "32f") and format ("44k24").
/// @returns what is wrong with the pattern, to stand behind its key: "holds ..."; empty: nothing
[[nodiscard]] std::string file_name_complaint(std::string_view pattern);

/// The pattern with its placeholders filled in. One without a value vanishes together with the - or
/// _ after it; the result neither begins nor ends with one.
/// @param pattern  one without a complaint
/// @param value    of a placeholder, in the letters that names may have; may be empty
[[nodiscard]] std::string filled_file_name(
    std::string_view pattern, std::function<std::string(std::string_view)> const& value
);

} // namespace stemlathe
