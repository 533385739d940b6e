#include "host/masking/stem_hop.hpp"

#include <algorithm>

namespace stemlathe {

namespace {

constexpr std::size_t kReach_bands = 2; // one Cam

/// Highest of the values within reach.
void widen(std::span<float const> values, std::vector<float>& widened) {
    for (std::size_t b = 0; b < values.size(); ++b) {
        auto const first = b > kReach_bands ? b - kReach_bands : 0;
        auto const last = std::min(b + kReach_bands, values.size() - 1);
        float highest = values[first];
        for (auto other = first + 1; other <= last; ++other) {
            highest = std::max(highest, values[other]);
        }
        widened[b] = highest;
    }
}

} // namespace

StemHopReader::StemHopReader(std::size_t bands, double hop_s, Activity const& activity)
    : hop_s_(hop_s), activity_(activity), silence_(bands), margin_db_(bands), ear_(bands) {}

StemHop StemHopReader::read(MaskingView const& view, std::int64_t view_hop, std::size_t stem) {
    auto const field = [&](MaskingField which) {
        return view.of(view_hop, static_cast<std::int64_t>(stem), which);
    };
    StemHop out{
        .hop = view.position + view_hop,
        .stem = stem,
        .stems = static_cast<std::size_t>(view.stems),
        .view_hop = view_hop,
        .view = &view};
    out.plays = activity_.plays(stem, static_cast<double>(out.hop) * hop_s_);
    out.weight = out.plays ? field(MaskingField::importance) : std::span<float const>{silence_};
    out.own_margin_db = field(MaskingField::margin_db);
    if (out.plays) {
        widen(out.own_margin_db, margin_db_);
        auto const left = field(MaskingField::excitation_left);
        auto const right = field(MaskingField::excitation_right);
        auto const left_threshold = field(MaskingField::threshold_left);
        auto const right_threshold = field(MaskingField::threshold_right);
        for (std::size_t b = 0; b < ear_.size(); ++b) {
            ear_[b] = left[b] * right_threshold[b] >= right[b] * left_threshold[b] ? 0 : 1;
        }
    }
    out.margin_db = margin_db_;
    out.ear = ear_;
    return out;
}

} // namespace stemlathe
