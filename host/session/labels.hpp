#pragma once

#include "host/model/session.hpp"

#include <optional>
#include <string_view>

namespace stemlathe {

/// The role that a file name speaks of ("03_LeadVox.wav" -> vocals), or nullopt if no word in it is
/// known. Where several are known, vocals win over drums, bass, fx and instruments ("Bass_Drum" are
/// drums).
[[nodiscard]] std::optional<Role> role_from_label(std::string_view file_name);

/// "01_Drums.wav": two digits, an underscore, a name of letters, digits and underscores.
[[nodiscard]] bool is_clear_label(std::string_view file_name);

/// "Reference_Mix", "ref_mix" or "roughmix" in it, case and separators ignored.
[[nodiscard]] bool is_reference_mix(std::string_view file_name);

/// Kinds of file that may be a stem, by extension.
[[nodiscard]] bool has_stem_extension(std::string_view file_name);

/// Lossy or consumer audio that a stem must not be: left out of the session, with a finding.
[[nodiscard]] bool has_other_audio_extension(std::string_view file_name);

} // namespace stemlathe
