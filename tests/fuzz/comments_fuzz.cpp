#include "host/comments/parse_comments.hpp"
#include "kernels/base/assert.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <string_view>

/// Any bytes as comments.txt of a song of 100 s.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    stemlathe::Session session{.rate_hz = 1, .frames = 100};
    session.stems.push_back({.file = "03_LeadVox.wav", .role = stemlathe::Role::vocals});
    session.stems.push_back({.file = "Kick.wav", .role = stemlathe::Role::drums});
    auto const parsed = stemlathe::parse_comments(
        std::string_view{reinterpret_cast<char const*>(data), size}, session
    );
    for (auto const& comment : parsed.comments) {
        STEMLATHE_ASSERT(comment.start_s >= 0.0 && comment.start_s <= comment.end_s);
        STEMLATHE_ASSERT(comment.end_s <= 100.0 && !comment.text.empty());
    }
    STEMLATHE_ASSERT(parsed.comments.size() <= stemlathe::kCommentsMax);
    STEMLATHE_ASSERT(parsed.findings.size() <= stemlathe::kCommentFindingsMax + 1);
    return 0;
}
