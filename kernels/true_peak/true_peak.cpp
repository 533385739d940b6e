#include "kernels/base/range.hpp"
#include "kernels/base/units.hpp"
#include "kernels/true_peak/true_peak_math.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe::true_peak {

float margin_factor(double margin_db) {
    return static_cast<float>(gain_from_db(margin_db)) * (1.0F + 0x1p-20F);
}

float screen_margin() {
    return margin_factor(kScreenMargin_db);
}

namespace {

std::vector<float> fold_screen(std::vector<float> screen, std::int64_t frames) {
    auto const blocks = (frames + kScreenBlockFrames - 1) / kScreenBlockFrames;
    if (blocks == 0) {
        return {};
    }
    screen[1] = std::max(screen[0], screen[1]);
    screen.erase(screen.begin());
    auto const last = screen.begin() + (blocks - 1);
    *last = *std::max_element(last, screen.end());
    screen.erase(last + 1, screen.end());
    return screen;
}

} // namespace

TruePeakReading fold_to_song(TruePeakReading reading, std::int64_t frames) {
    auto const last = std::max<std::int64_t>(frames - 1, 0);
    reading.frame = std::clamp<std::int64_t>(reading.frame, 0, last);
    if (!reading.screen.empty()) {
        reading.screen = fold_screen(std::move(reading.screen), frames);
    }
    return reading;
}

void check(TruePeakSettings const& settings) {
    require_in_range("true-peak meter: rate_hz", settings.rate_hz, 8'000, 384'000);
}

} // namespace stemlathe::true_peak
