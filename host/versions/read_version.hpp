#pragma once

#include "host/model/version.hpp"
#include "host/toml/table_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// A version's name becomes part of file names: 1 to 64 letters, digits, - and _, the first not -.
[[nodiscard]] bool is_version_name(std::string_view name) noexcept;

/// `stems`, `mute`, `isrc` and `peaks` of a version, in session.toml and in plans alike.
/// @throws Failure with the reader's code, as all readers do
[[nodiscard]] VersionPlan read_version(TableReader& reader, std::string name);

/// The versions of `[versions.NAME]`, in order of name. @param file  for complaints
[[nodiscard]] std::vector<VersionPlan>
read_session_versions(TableReader& document, std::string const& file);

} // namespace stemlathe
