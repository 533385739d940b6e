#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// One moment or one stretch of the song.
struct Moment {
    double start_s = 0.0;
    double end_s = 0.0; ///< start_s where only one time was written; less where they are reversed

    friend bool operator==(Moment const&, Moment const&) = default;
};

/// What a line of comments.txt says, and when.
struct MomentsInLine {
    std::vector<Moment> moments{};
    std::string text{};      ///< without bullets, and without times that are no part of a sentence
    std::string wrong{};     ///< what looks like a time and is none: "0:75", "00:01:02:12"
    bool has_frames = false; ///< `wrong` counts frames
};

/// Times at the beginning of the line, else all that stand in brackets, after "at" or "@", or are
/// written 0:47, 1m02s or 1'02" anywhere in it. Several times in a row are several moments; two
/// with a dash or "to" between them are a stretch. Further times of a line that begins with one
/// are left alone: they compare.
[[nodiscard]] MomentsInLine moments_in(std::string_view line);

/// `text` if it is one moment or stretch and nothing else.
[[nodiscard]] std::optional<Moment> moment_of(std::string_view text);

} // namespace stemlathe
