#include "tests/host/intake/checked.hpp"

#include "host/intake/block_checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe::test {

namespace {

constexpr int kRate_hz = 48'000;

std::vector<float> channel_of(Signal const& signal, std::size_t channel) {
    std::vector<float> out;
    for (std::size_t i = channel; i < signal.size(); i += 2) {
        out.push_back(signal[i]);
    }
    return out;
}

std::vector<Finding> told_in_pieces(
    MakeBlockCheck make,
    Stem const& stem,
    std::vector<float> const& left,
    std::vector<float> const& right,
    std::size_t piece
) {
    std::vector<std::unique_ptr<BlockCheck>> checks;
    checks.push_back(make(stem));
    BlockChecks check{stem, std::move(checks)};
    for (std::size_t at = 0; at < left.size(); at += piece) {
        auto const count = std::min(piece, left.size() - at);
        check.process(
            {.left = std::span{left}.subspan(at, count),
             .right =
                 right.empty() ? std::span<float const>{} : std::span{right}.subspan(at, count),
             .first_frame = static_cast<std::int64_t>(at)}
        );
    }
    std::vector<Finding> findings;
    check.finish(findings);
    return findings;
}

bool same(Finding const& a, Finding const& b) {
    return a.code == b.code && a.severity == b.severity && a.start_s == b.start_s &&
           a.end_s == b.end_s && a.measured == b.measured && a.message == b.message;
}

} // namespace

Stem stem_of(Signal const& signal) {
    Stem stem{.file = "01_Drums.wav"};
    stem.media.codec = "pcm_24";
    stem.media.rate_hz = kRate_hz;
    stem.media.channels = 2;
    stem.media.frames = std::ssize(signal) / 2;
    stem.media.bit_depth = 24;
    return stem;
}

Stem float_stem_of(Signal const& signal) {
    auto stem = stem_of(signal);
    stem.media.codec = "float_32";
    stem.media.bit_depth = 32;
    stem.media.is_float = true;
    stem.media.packed = SampleFormat::float_32;
    return stem;
}

Signal quantised(Signal signal, int bits) {
    float const steps = std::ldexp(1.0F, bits - 1);
    for (float& x : signal) {
        x = std::clamp(std::round(x * steps), -steps, steps - 1.0F) / steps;
    }
    return signal;
}

Signal with_right(Signal signal, std::function<float(float)> const& right_of_left) {
    for (std::size_t i = 0; i + 1 < signal.size(); i += 2) {
        signal[i + 1] = right_of_left(signal[i]);
    }
    return signal;
}

std::vector<Finding>
findings_of(MakeBlockCheck make, Stem const& stem, Signal const& signal, bool mono) {
    auto const left = channel_of(signal, 0);
    auto const right = mono ? std::vector<float>{} : channel_of(signal, 1);
    auto const whole =
        told_in_pieces(make, stem, left, right, std::max<std::size_t>(left.size(), 1));
    for (std::size_t const piece : {std::size_t{1000}, std::size_t{4096}, std::size_t{7}}) {
        auto const pieces = told_in_pieces(make, stem, left, right, piece);
        EXPECT_TRUE(std::ranges::equal(whole, pieces, same)) << "in pieces of " << piece;
    }
    return whole;
}

std::optional<Finding> finding_in(std::vector<Finding> const& findings, std::string_view code) {
    auto const found = std::ranges::find(findings, code, &Finding::code);
    return found != findings.end() && std::ranges::count(findings, code, &Finding::code) == 1
               ? std::optional{*found}
               : std::nullopt;
}

} // namespace stemlathe::test
