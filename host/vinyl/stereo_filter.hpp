#pragma once

#include <array>
#include <vector>

namespace stemlathe {

/// Both channels of one frame, float64.
using StereoFrame [[gnu::vector_size(2 * sizeof(double))]] = double;

/// Second-order sections one after the other on two channels, float64.
class StereoFilter {
  public:
    /// a0 is 1. First-order sections leave b2 and a2 at 0.
    struct Section {
        std::array<double, 3> b{1.0, 0.0, 0.0};
        std::array<double, 2> a{};
    };

    explicit StereoFilter(std::vector<Section> const& sections);

    [[nodiscard]] StereoFrame process(StereoFrame in) noexcept {
        for (auto& stage : stages_) { // transposed direct form II
            auto const& section = stage.section;
            StereoFrame const out = section.b[0] * in + stage.first;
            stage.first = section.b[1] * in - section.a[0] * out + stage.second;
            stage.second = section.b[2] * in - section.a[1] * out;
            in = out;
        }
        return in;
    }

    /// |H| at `hz`, linear.
    [[nodiscard]] double magnitude(double hz, int rate_hz) const;

  private:
    struct Stage {
        Section section{};
        StereoFrame first{};
        StereoFrame second{};
    };

    std::vector<Stage> stages_;
};

/// Butterworth of order 4 by the bilinear transform, its corner in the right place. Source:
/// Bristow-Johnson, Audio EQ Cookbook, with the two Qs of that order.
[[nodiscard]] std::vector<StereoFilter::Section> low_pass_sections(double hz, int rate_hz);
[[nodiscard]] std::vector<StereoFilter::Section> high_pass_sections(double hz, int rate_hz);

/// High-pass at `low_hz`, low-pass at `high_hz`; the latter is left out where the rate has no room
/// for it.
[[nodiscard]] std::vector<StereoFilter::Section>
band_sections(double low_hz, double high_hz, int rate_hz);

} // namespace stemlathe
