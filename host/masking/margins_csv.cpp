#include "host/masking/margins_csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <utility>

namespace stemlathe {

namespace {

/// A name as one field of RFC 4180, section 2.
std::string field(std::string const& name) {
    if (name.find_first_of(",\"\r\n") == std::string::npos) {
        return name;
    }
    std::string quoted = "\"";
    for (char const c : name) {
        quoted += c == '"' ? "\"\"" : std::string{c};
    }
    return quoted + '"';
}

std::string level(float power) {
    return power > 0.0F ? fmt::format("{:.3f}", 10.0F * std::log10(power)) : "-inf";
}

struct Ear {
    char const* name;
    MaskingField excitation;
    MaskingField threshold;
};

constexpr Ear kEars[]{
    {"left", MaskingField::excitation_left, MaskingField::threshold_left},
    {"right", MaskingField::excitation_right, MaskingField::threshold_right}};

} // namespace

MarginsCsv::MarginsCsv(
    std::filesystem::path const& path,
    std::vector<std::string> stems,
    std::span<double const> bands_hz,
    double hop_s,
    double from_s
)
    : file_(path), hop_s_(hop_s), from_s_(from_s) {
    for (auto const& stem : stems) {
        stems_.push_back(field(stem));
    }
    for (double const hz : bands_hz) {
        bands_.push_back(fmt::format("{:.1f}", hz));
    }
    file_.append("time_s,stem,ear,band_hz,excitation_db,threshold_db,margin_db\n");
}

void MarginsCsv::take(MaskingView const& even, MaskingView const& odd) {
    for (std::int64_t hop = 0; hop < even.hops; ++hop) {
        std::string text;
        double const time_s = from_s_ + static_cast<double>(even.position + hop) * hop_s_;
        for (std::int64_t stem = 0; stem < even.stems; ++stem) {
            for (auto const& ear : kEars) {
                for (std::size_t b = 0; b < bands_.size(); ++b) {
                    auto const& view = b % 2 == 0 ? even : odd;
                    float const excitation = view.of(hop, stem, ear.excitation)[b / 2];
                    float const threshold = view.of(hop, stem, ear.threshold)[b / 2];
                    fmt::format_to(
                        std::back_inserter(text),
                        "{:.5f},{},{},{},{},{},{}\n",
                        time_s,
                        stems_[static_cast<std::size_t>(stem)],
                        ear.name,
                        bands_[b],
                        level(excitation),
                        level(threshold),
                        level(excitation / threshold)
                    );
                }
            }
        }
        file_.append(text);
    }
}

void MarginsCsv::commit() {
    file_.commit();
}

} // namespace stemlathe
