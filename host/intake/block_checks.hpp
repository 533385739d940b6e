#pragma once

#include "host/intake/block_check.hpp"
#include "host/intake/stem_check.hpp"

#include <array>
#include <memory>
#include <vector>

namespace stemlathe {

/// Cuts a stem into blocks, takes the figures of each once, and tells them to checks that work in
/// blocks.
class BlockChecks final : public StemCheck {
  public:
    /// @param stem  must outlive it
    BlockChecks(Stem const& stem, std::vector<std::unique_ptr<BlockCheck>> checks);

    void process(StemFrames const& frames) override;
    void finish(std::vector<Finding>& findings) override;

  private:
    void tell(std::span<float const> left, std::span<float const> right);

    Stem const& stem_;
    std::vector<std::unique_ptr<BlockCheck>> checks_;
    std::array<std::vector<float>, 2> begun_{}; ///< the start of a block whose rest is to come
    std::int64_t first_frame_ = 0;
    std::int64_t told_frames_ = 0; ///< in whole blocks
    bool has_begun_ = false;
};

} // namespace stemlathe
