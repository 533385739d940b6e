#pragma once

#include "host/model/session.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stemlathe {

/// The role that a file name speaks of ("03_LeadVox.wav" -> vocals), or nullopt if no word in it is
/// known. Where several are known, vocals win over drums, bass, fx and instruments ("Bass_Drum" are
/// drums).
[[nodiscard]] std::optional<Role> role_from_label(std::string_view file_name);

/// Whether a file name speaks of lead or of backing vocals ("04_BackingVox.wav", "BV_L.wav"), or
/// nullopt. Where it does of both ("Lead and Backing"), nullopt too.
[[nodiscard]] std::optional<VocalPart> vocal_part_from_label(std::string_view file_name);

/// "01_Drums.wav": two digits, an underscore, a name of letters, digits and underscores.
[[nodiscard]] bool is_clear_label(std::string_view file_name);

/// The number that a label begins with, without leading zeros ("03_Vocals" and "3 Vox": "3"); empty
/// where there is none. "808.wav" is no number: a separator or a letter must follow.
[[nodiscard]] std::string number_of_label(std::string_view file_name);

/// "bounce_final", "Master 2", "mixdown": a word for the sum of all stems, and none for a part.
[[nodiscard]] bool sounds_like_a_mix(std::string_view file_name);

/// "Reference_Mix", "ref_mix" or "roughmix" in it, case and separators ignored.
[[nodiscard]] bool is_reference_mix(std::string_view file_name);

/// Kinds of file that may be a stem, by extension.
[[nodiscard]] bool has_stem_extension(std::string_view file_name);

/// Lossy or consumer audio that a stem must not be: left out of the session, with a finding.
[[nodiscard]] bool has_other_audio_extension(std::string_view file_name);

} // namespace stemlathe
