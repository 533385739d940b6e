#include "host/comments/anchor.hpp"

#include "host/comments/clock.hpp"

#include <fmt/format.h>

#include <utility>

namespace stemlathe {

std::vector<Doubt> anchor(Comment& comment, std::string const& whole, double duration_s) {
    std::vector<Doubt> doubts;
    if (comment.end_s < comment.start_s) {
        std::swap(comment.start_s, comment.end_s);
        doubts.push_back(
            {Severity::info,
             fmt::format(
                 "the stretch ends before it begins; it was taken as {} to {}",
                 clock_text(comment.start_s),
                 clock_text(comment.end_s)
             )}
        );
    }
    if (duration_s <= 0.0) {
        return doubts;
    }
    if (comment.start_s > duration_s) {
        doubts.push_back(
            {Severity::info,
             fmt::format(
                 "{} lies behind the song's end at {}; the remark was kept for the whole song. "
                 "Correct the time",
                 clock_text(comment.start_s),
                 clock_text(duration_s)
             )}
        );
        comment = {.text = whole, .stem = comment.stem, .anchored = false};
    } else if (comment.end_s > duration_s) {
        doubts.push_back(
            {Severity::info,
             fmt::format(
                 "the stretch ends at {}, behind the song's end; it was cut at {}",
                 clock_text(comment.end_s),
                 clock_text(duration_s)
             )}
        );
        comment.end_s = duration_s;
    }
    return doubts;
}

} // namespace stemlathe
