#pragma once

#include "host/model/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// What is to be said about a stem's name, of which nobody gave the role: which role was guessed
/// (info), that none is in it, or that it sounds like a whole mix (warn). Nothing for a name such
/// as 03_Vocals.wav. Each says how to make it clear.
[[nodiscard]] std::optional<Finding> label_finding(std::string const& file);

/// Two stems with one number: perhaps two takes of one thing, which must not both be in the song.
[[nodiscard]] std::vector<Finding> number_findings(std::vector<Stem> const& stems);

/// More than one file that is named like a reference mix.
/// @param files  their names, sorted; the last one was taken
[[nodiscard]] std::optional<Finding> reference_finding(std::vector<std::string> const& files);

} // namespace stemlathe
