#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/masking/masking_stage.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace stemlathe::cpu {

namespace {

using masking::Band;

/// The fields of a stem in a hop, [bands] each.
struct Fields {
    float* first = nullptr;
    std::int64_t bands = 0;

    [[nodiscard]] float* of(MaskingField field) const noexcept {
        return first + static_cast<std::int64_t>(field) * bands;
    }

    /// A field of the left ear, or the right one's, which follows it.
    [[nodiscard]] float* of(MaskingField left, std::int64_t ear) const noexcept {
        return of(left) + ear * bands;
    }
};

class Listener {
  public:
    static constexpr Memory kMemory = Memory::host;

    Listener(std::vector<Band> const& bands, int stems)
        : lingering_(static_cast<std::size_t>(kChannels * stems) * bands.size()),
          sum_(bands.size()) {
        for (auto const& band : bands) {
            keep_.push_back(band.smear.keep);
            take_.push_back(band.smear.take);
            ratio_.push_back(band.ratio);
            quiet_.push_back(band.quiet);
            per_quiet_.push_back(band.per_quiet);
        }
    }

    [[nodiscard]] float* reserve(std::int64_t values) {
        cpu::reserve(output_, values / kChannels);
        return output_.samples();
    }

    /// See masking::MaskedThresholds.
    void listen(ExcitationView const& input, MaskingView const& output) {
        auto const values = kChannels * input.bands;
        for (std::int64_t hop = 0; hop < input.hops; ++hop) {
            for (std::int64_t stem = 0; stem < input.stems; ++stem) {
                auto const* const excitation = input.powers + (hop * input.stems + stem) * values;
                smear(excitation, lingering_.data() + stem * values, fields(output, hop, stem));
            }
            for (std::int64_t ear = 0; ear < kChannels; ++ear) {
                set_thresholds(output, hop, ear);
            }
            for (std::int64_t stem = 0; stem < input.stems; ++stem) {
                judge(fields(output, hop, stem));
            }
        }
    }

  private:
    static Fields fields(MaskingView const& output, std::int64_t hop, std::int64_t stem) noexcept {
        auto const row = (hop * output.stems + stem) * kMaskingFields;
        return {.first = output.values + row * output.bands, .bands = output.bands};
    }

    /// Both ears' excitation and masker, of excitation [kChannels][bands].
    void smear(float const* excitation, double* lingering, Fields const& fields) const {
        for (std::int64_t ear = 0; ear < kChannels; ++ear) {
            auto* const own = fields.of(MaskingField::excitation_left, ear);
            auto* const masker = fields.of(MaskingField::masker_left, ear);
            for (std::size_t band = 0; band < keep_.size(); ++band) {
                own[band] = excitation[band];
                lingering[band] = masking::lingering(
                    {.keep = keep_[band], .take = take_[band]}, lingering[band], own[band]
                );
                masker[band] = masking::masker(own[band], lingering[band], ratio_[band]);
            }
            excitation += keep_.size();
            lingering += keep_.size();
        }
    }

    /// Thresholds of all stems at one ear: the maskers behind each, then those before it.
    void set_thresholds(MaskingView const& output, std::int64_t hop, std::int64_t ear) {
        std::ranges::fill(sum_, 0.0F);
        for (auto stem = output.stems - 1; stem >= 0; --stem) {
            auto const at = fields(output, hop, stem);
            std::ranges::copy(sum_, at.of(MaskingField::threshold_left, ear));
            add(at.of(MaskingField::masker_left, ear));
        }
        std::ranges::fill(sum_, 0.0F);
        for (std::int64_t stem = 0; stem < output.stems; ++stem) {
            auto const at = fields(output, hop, stem);
            auto* const threshold = at.of(MaskingField::threshold_left, ear);
            for (std::size_t band = 0; band < sum_.size(); ++band) {
                threshold[band] = masking::threshold(sum_[band], threshold[band], quiet_[band]);
            }
            add(at.of(MaskingField::masker_left, ear));
        }
    }

    void add(float const* maskers) {
        for (std::size_t band = 0; band < sum_.size(); ++band) {
            sum_[band] += maskers[band];
        }
    }

    /// Margin and importance of a stem whose other fields are there.
    void judge(Fields const& fields) const {
        auto const* const left = fields.of(MaskingField::excitation_left);
        auto const* const right = fields.of(MaskingField::excitation_right);
        auto const* const left_threshold = fields.of(MaskingField::threshold_left);
        auto const* const right_threshold = fields.of(MaskingField::threshold_right);
        auto* const margins_db = fields.of(MaskingField::margin_db);
        float strongest = 0.0F;
        float most_over_quiet = 0.0F;
        for (std::size_t band = 0; band < quiet_.size(); ++band) {
            margins_db[band] = masking::margin_db(
                left[band] / left_threshold[band], right[band] / right_threshold[band]
            );
            float const louder = std::max(left[band], right[band]);
            strongest = std::max(strongest, louder);
            most_over_quiet = std::max(most_over_quiet, louder * per_quiet_[band]);
        }
        weigh(fields, strongest, most_over_quiet > masking::kPresent);
    }

    void weigh(Fields const& fields, float strongest, bool is_present) const {
        auto* const importance = fields.of(MaskingField::importance);
        if (!is_present) {
            std::fill_n(importance, fields.bands, 0.0F);
            return;
        }
        auto const* const left = fields.of(MaskingField::excitation_left);
        auto const* const right = fields.of(MaskingField::excitation_right);
        for (std::size_t band = 0; band < quiet_.size(); ++band) {
            float const louder = std::max(left[band], right[band]);
            importance[band] = masking::weight(louder, louder * per_quiet_[band], strongest);
        }
        float sum = 0.0F;
        for (std::int64_t band = 0; band < fields.bands; ++band) {
            sum += importance[band];
        }
        for (std::int64_t band = 0; band < fields.bands; ++band) {
            importance[band] /= sum;
        }
    }

    std::vector<double> lingering_; ///< [stems][kChannels][bands]
    std::vector<double> keep_;      ///< this and below [bands]: see masking::Band
    std::vector<double> take_;
    std::vector<float> ratio_;
    std::vector<float> quiet_;
    std::vector<float> per_quiet_;
    std::vector<float> sum_; ///< of maskers
    AudioBuffer output_;
};

} // namespace

std::unique_ptr<MaskingStage> CpuBackend::make_masking(MaskingSettings const& settings) {
    return std::make_unique<masking::MaskedThresholds<Listener>>(settings);
}

} // namespace stemlathe::cpu
