#pragma once

#include "formats/file.hpp"
#include "formats/media.hpp"

#include <optional>

/// What a file is and whether it is whole, decided before libsndfile sees a byte of it: its list of
/// formats is long and its parsers for the rare ones have a history. Private to formats/.
namespace stemlathe::formats {

/// The container by its first bytes (an ID3 tag is skipped); nothing if it is none of ours.
[[nodiscard]] std::optional<Container> identified(File const& file);

/// True if `container` is not what the file name's extension promises.
[[nodiscard]] bool contradicts_name(std::filesystem::path const& path, Container container);

/// @throws MediaFailure damaged, truncated, or a codec that is not supported
void check_aiff(File const& file);

/// @returns true if the header has no length (a "streaming header")
/// @throws MediaFailure damaged, truncated, or a codec that is not supported
[[nodiscard]] bool check_caf(File const& file);

} // namespace stemlathe::formats
