#include "host/comments/stretch.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <cstddef>

namespace stemlathe {

namespace {

/// Far under the threshold in quiet, so that a band without anything in it has a level too.
constexpr double kFloor = 1e-10;

double level_db(double power) noexcept {
    return db_from_power(std::max(power, kFloor));
}

} // namespace

void Stretch::add(BandPowers const& powers, bool plays) noexcept {
    sums_.total += powers.total;
    sums_.voiced += powers.voiced;
    for (std::size_t band = 0; band < kNamedBandCount; ++band) {
        sums_.bands[band] += powers.bands[band];
    }
    ++hops_;
    plays_ = plays_ || plays;
}

void Stretch::add(Stretch const& other) noexcept {
    if (other.is_empty()) {
        return;
    }
    sums_.total += other.sums_.total;
    sums_.voiced += other.sums_.voiced;
    for (std::size_t band = 0; band < kNamedBandCount; ++band) {
        sums_.bands[band] += other.sums_.bands[band];
    }
    auto const hops = static_cast<double>(other.hops_);
    loudest_sibilant_ = std::max(loudest_sibilant_, other.sums_.bands[kSibilanceBand] / hops);
    loudest_voiced_ = std::max(loudest_voiced_, other.sums_.voiced / hops);
    hops_ += other.hops_;
    plays_ = plays_ || other.plays_;
}

StretchLevels Stretch::levels() const noexcept {
    double const total_db = level_db(total());
    StretchLevels out{.total_db = static_cast<float>(total_db)};
    for (std::size_t band = 0; band < kNamedBandCount; ++band) {
        out.over_total_db[band] = static_cast<float>(level_db(power(band)) - total_db);
    }
    out.sibilance_db = static_cast<float>(level_db(loudest_sibilant_) - voiced_db());
    return out;
}

double Stretch::sibilant_db() const noexcept {
    return level_db(power(kSibilanceBand));
}

double Stretch::voiced_db() const noexcept {
    return level_db(loudest_voiced_);
}

double Stretch::total() const noexcept {
    return sums_.total / static_cast<double>(std::max<std::int64_t>(hops_, 1));
}

double Stretch::power(std::size_t band) const noexcept {
    return sums_.bands[band] / static_cast<double>(std::max<std::int64_t>(hops_, 1));
}

} // namespace stemlathe
