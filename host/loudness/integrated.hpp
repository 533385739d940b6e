#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace stemlathe {

/// Gated integrated loudness by libebur128 (ITU-R BS.1770-5 Annex 1). A mono file is one channel:
/// it reads 3 LU less than the same signal on two.
class IntegratedLoudness {
  public:
    /// @throws Failure{out_of_memory}
    IntegratedLoudness(int rate_hz, int channels);
    IntegratedLoudness(IntegratedLoudness const&) = delete;
    IntegratedLoudness& operator=(IntegratedLoudness const&) = delete;
    ~IntegratedLoudness();

    /// The next frames, interleaved; finite numbers only. @throws Failure{out_of_memory}
    void add(std::span<double const> samples);

    /// LUFS; nullopt where no block passes the gate.
    [[nodiscard]] std::optional<double> finish();

  private:
    struct Library; ///< keeps ebur128.h out of this header

    std::unique_ptr<Library> library_;
    std::size_t channels_;
};

} // namespace stemlathe
