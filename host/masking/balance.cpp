#include "host/masking/balance.hpp"

#include "host/pipeline/levels.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>

namespace stemlathe {

BalanceMeter::BalanceMeter(std::size_t stems, std::size_t bands, int rate_hz, Backend& backend)
    : mix_(backend.make_mix({.inputs = static_cast<int>(stems)})),
      mix_meter_(backend.make_energy_meter({.rate_hz = rate_hz, .per_channel = true})),
      spectra_(stems, std::vector<double>(bands, 0.0)),
      ears_(stems) {
    for (std::size_t i = 0; i < stems; ++i) {
        stem_meters_.push_back(backend.make_energy_meter({.rate_hz = rate_hz}));
    }
}

void BalanceMeter::take_stem(std::size_t stem, AudioView view) {
    stem_meters_[stem]->process(view);
}

void BalanceMeter::take_mix(std::span<AudioView const> stems) {
    mix_meter_->process(mix_->process(stems));
}

void BalanceMeter::take(StemHop const& hop) {
    auto& spectrum = spectra_[hop.stem];
    constexpr std::array kEars{MaskingField::excitation_left, MaskingField::excitation_right};
    for (std::size_t ear = 0; ear < kEars.size(); ++ear) {
        auto const powers =
            hop.view->of(hop.view_hop, static_cast<std::int64_t>(hop.stem), kEars[ear]);
        for (std::size_t b = 0; b < spectrum.size(); ++b) {
            auto const power = static_cast<double>(powers[b]);
            spectrum[b] += power;
            ears_[hop.stem][ear] += power;
        }
    }
    hops_ += hop.stem == 0 ? 1 : 0;
}

Balance BalanceMeter::finish() {
    mix_meter_->process(mix_->finish());
    auto const track = mix_meter_->finish();
    Balance balance;
    balance.integrated_lufs = unless_silent(integrated_lufs(track));
    balance.peak_to_loudness_db =
        db_from_gain(sample_peak(track)) - balance.integrated_lufs.value_or(0.0);
    balance.correlation = correlation(track).value_or(1.0);
    for (auto const& meter : stem_meters_) {
        balance.stem_lufs.push_back(unless_silent(integrated_lufs(meter->finish())));
    }
    for (auto const& [left, right] : ears_) {
        balance.stem_side_db.push_back(db_from_power(left) - db_from_power(right));
    }
    balance.stem_spectra = spectra_;
    balance.spectrum.assign(spectra_.front().size(), 0.0);
    for (auto& spectrum : balance.stem_spectra) {
        for (std::size_t b = 0; b < spectrum.size(); ++b) {
            spectrum[b] /= static_cast<double>(std::max<std::int64_t>(hops_, 1));
            balance.spectrum[b] += spectrum[b];
        }
    }
    return balance;
}

} // namespace stemlathe
