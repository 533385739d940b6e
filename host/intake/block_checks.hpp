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
    void make_room();
    void tell(std::int64_t frames);

    Stem const& stem_;
    std::vector<std::unique_ptr<BlockCheck>> checks_;
    std::array<std::vector<float>, 2> kept_{}; ///< told and not yet told, one after the other
    std::int64_t kept_frames_ = 0;
    std::int64_t told_frames_ = 0; ///< of those
    std::int64_t next_frame_ = -1; ///< of the file, not yet told; -1: nothing has come
    std::int64_t first_frame_ = 0;
    bool is_mono_ = false;
};

} // namespace stemlathe
