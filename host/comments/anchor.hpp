#pragma once

#include "host/model/session.hpp"

#include <string>
#include <vector>

namespace stemlathe {

/// Something about a remark's time that its author should know.
struct Doubt {
    Severity severity = Severity::info; ///< nothing is lost
    std::string message{};              ///< a sentence without the place
};

/// Puts an anchored comment inside the song: a stretch that is reversed is turned round, one that
/// ends behind the end is cut; what begins there becomes a remark about the whole song with `whole`
/// as its text, so that the time is not lost. A song of length 0 has no end.
[[nodiscard]] std::vector<Doubt>
anchor(Comment& comment, std::string const& whole, double duration_s);

} // namespace stemlathe
