#include "kernels/base/assert.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/overlap_save.hpp"
#include "kernels/equaliser/equaliser.hpp"

namespace stemlathe::cpu {

namespace {

class Equaliser final : public Stage {
  public:
    explicit Equaliser(FirDesign const& design) : filter_(design.length, {&design.taps, 1}) {}

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

/// Gives back what it gets, at once.
class Unchanged final : public Stage {
  public:
    using Stage::process;

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == 1);
        return inputs.front();
    }

    [[nodiscard]] AudioView finish() override {
        return {};
    }
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_equaliser(EqualiserSettings const& settings) {
    require_valid(settings);
    if (is_identity(settings.bands)) {
        return std::make_unique<Unchanged>();
    }
    return std::make_unique<Equaliser>(design_fir(settings));
}

} // namespace stemlathe::cpu
