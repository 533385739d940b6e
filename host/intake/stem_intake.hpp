#pragma once

#include "host/intake/stem_check.hpp"
#include "host/intake/stem_print.hpp"
#include "kernels/base/pcm_format.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace stemlathe {

/// All checks of one stem, fed with the bytes that are decoded for other reasons anyway.
class StemIntake {
  public:
    /// @param stem  must outlive it
    explicit StemIntake(Stem const& stem);

    /// Other checks than all of a stem.
    StemIntake(Stem const& stem, std::vector<std::unique_ptr<StemCheck>> checks);

    /// The next frames as the stem's Reader gave them.
    /// @param first_frame  of the file; each piece begins where the one before ended
    void process(PackedAudio packed, std::int64_t first_frame);

    void finish(std::vector<Finding>& findings);

    [[nodiscard]] StemPrint const& print() const noexcept {
        return print_;
    }

  private:
    Stem const& stem_;
    std::vector<std::unique_ptr<StemCheck>> checks_;
    StemPrint print_{};
    std::vector<float> left_{};
    std::vector<float> right_{};
};

} // namespace stemlathe
