#include "host/intake/stem_intake.hpp"

#include "host/intake/planar.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

/// Small enough for both channels to stay in the first cache while every check looks at them.
/// Pieces end at multiples of it in the file, so that checks that work in blocks need no copies.
constexpr std::int64_t kPieceFrames = 4096;

} // namespace

StemIntake::StemIntake(Stem const& stem) : StemIntake(stem, make_stem_checks(stem)) {}

StemIntake::StemIntake(Stem const& stem, std::vector<std::unique_ptr<StemCheck>> checks)
    : stem_(stem),
      checks_(std::move(checks)),
      left_(kPieceFrames),
      right_(stem.media.channels > 1 ? kPieceFrames : 0) {}

void StemIntake::process(PackedAudio packed, std::int64_t first_frame) {
    auto const format = stem_.media.packed;
    auto const frame_bytes =
        static_cast<std::size_t>(bytes_per_sample(format) * stem_.media.channels);
    auto bytes = packed.bytes;
    auto const end = first_frame + packed.frames;
    while (first_frame < end) {
        auto const room = kPieceFrames - first_frame % kPieceFrames;
        auto const count = static_cast<std::size_t>(std::min(room, end - first_frame));
        auto const left = std::span{left_}.first(count);
        auto const right = std::span{right_}.first(std::min(count, right_.size()));
        to_planar(bytes.first(count * frame_bytes), format, left, right);
        StemFrames const frames{.left = left, .right = right, .first_frame = first_frame};
        for (auto const& check : checks_) {
            check->process(frames);
        }
        print_.process(frames);
        bytes = bytes.subspan(count * frame_bytes);
        first_frame += static_cast<std::int64_t>(count);
    }
}

void StemIntake::finish(std::vector<Finding>& findings) {
    for (auto const& check : checks_) {
        check->finish(findings);
    }
}

} // namespace stemlathe
