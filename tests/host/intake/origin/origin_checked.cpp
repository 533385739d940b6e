#include "tests/host/intake/origin/origin_checked.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stemlathe::test {

namespace {

/// What it says of a signal in pieces of `piece` frames.
std::vector<Finding> said_in_pieces(
    MakeStemCheck make, Stem const& stem, Signal const& signal, bool mono, std::size_t piece
) {
    auto const check = make(stem);
    std::vector<float> left;
    std::vector<float> right;
    std::size_t const frames = signal.size() / 2;
    for (std::size_t first = 0; first < frames; first += piece) {
        left.clear();
        right.clear();
        for (std::size_t at = first; at < std::min(first + piece, frames); ++at) {
            left.push_back(signal[2 * at]);
            if (!mono) {
                right.push_back(signal[2 * at + 1]);
            }
        }
        check->process(
            {.left = left, .right = right, .first_frame = static_cast<std::int64_t>(first)}
        );
    }
    std::vector<Finding> findings;
    check->finish(findings);
    return findings;
}

} // namespace

std::vector<Finding>
findings_of(MakeStemCheck make, Stem const& stem, Signal const& signal, bool mono) {
    auto const whole = said_in_pieces(make, stem, signal, mono, signal.size());
    for (std::size_t const piece : {std::size_t{997}, std::size_t{4096}, std::size_t{65'536}}) {
        auto const pieces = said_in_pieces(make, stem, signal, mono, piece);
        EXPECT_TRUE(std::ranges::equal(
            whole,
            pieces,
            [](Finding const& a, Finding const& b) {
                return a.code == b.code && a.measured == b.measured && a.message == b.message;
            }
        )) << "in pieces of "
           << piece;
    }
    return whole;
}

Stem stem_at(int rate_hz, Signal const& signal) {
    auto stem = stem_of(signal);
    stem.media.rate_hz = rate_hz;
    return stem;
}

} // namespace stemlathe::test
