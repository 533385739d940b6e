#pragma once

#include "kernels/base/stage.hpp"

namespace stemlathe {

/// What a stage is whose settings change nothing: it gives back what it gets, at once.
class Unchanged : public Stage {
  public:
    /// @param memory  of the driver that makes it
    explicit Unchanged(Memory memory) noexcept : memory_(memory) {}

    using Stage::process;

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override;
    [[nodiscard]] AudioView finish() override;

  protected:
    [[nodiscard]] std::int64_t frames() const noexcept {
        return frames_;
    }

  private:
    Memory memory_;
    std::int64_t frames_ = 0;
};

} // namespace stemlathe
