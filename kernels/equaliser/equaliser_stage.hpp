#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/base/unchanged.hpp"
#include "kernels/equaliser/equaliser.hpp"

#include <memory>
#include <span>

namespace stemlathe::equaliser {

/// One filter over one input. `OverlapSave` is the driver's.
template <typename OverlapSave>
class EqualiserStage final : public Stage {
  public:
    explicit EqualiserStage(FirDesign const& design) : filter_(design.length, {&design.taps, 1}) {}

    using Stage::process;

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == 1);
        return filter_.process(inputs.front()).front();
    }

    [[nodiscard]] AudioView finish() override {
        return filter_.finish().front();
    }

  private:
    OverlapSave filter_;
};

/// @param memory  of the driver
/// @throws Failure{invalid_plan} a value is out of range; {out_of_memory}
template <typename OverlapSave>
[[nodiscard]] std::unique_ptr<Stage> make_stage(EqualiserSettings const& settings, Memory memory) {
    require_valid(settings);
    if (is_identity(settings.bands)) {
        return std::make_unique<Unchanged>(memory);
    }
    return std::make_unique<EqualiserStage<OverlapSave>>(design_fir(settings));
}

} // namespace stemlathe::equaliser
