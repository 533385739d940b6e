#pragma once

#include <string>

namespace stemlathe {

/// One remark of the client, anchored to a moment: "0:47 - vocal too harsh".
struct Comment {
    double start_s = 0.0; ///< 0 .. the song's end
    double end_s = 0.0;   ///< start_s where it is about a moment
    std::string text{};   ///< without the time
    std::string stem{};   ///< file name, where the words or session.toml name one
    bool anchored = true; ///< false: no time was given, it is about the whole song

    friend bool operator==(Comment const&, Comment const&) = default;
};

} // namespace stemlathe
