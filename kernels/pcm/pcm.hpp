#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/pcm_format.hpp"

namespace stemlathe {

struct UnpackSettings {
    SampleFormat format = SampleFormat::pcm_24;
    int channels = 2; ///< 1 or 2; mono goes to both channels at unity
};

/// @throws Failure{invalid_plan} for anything but 1 or 2 channels of a known format
void check_settings(UnpackSettings const& settings);

/// The failure for a frame of the song that holds a NaN or Inf, in a sentence that says which.
[[nodiscard]] Failure not_a_number(std::int64_t frame, float left, float right);

/// Packed bytes from a file to stereo float32. Integers are divided by 2^(bits-1), exactly for up
/// to 24 bits; float64 is rounded to float32.
class Unpacker {
  public:
    Unpacker() = default;
    Unpacker(Unpacker const&) = delete;
    Unpacker& operator=(Unpacker const&) = delete;
    virtual ~Unpacker() = default;

    /// @returns a view [frames], valid until the next call
    /// @throws Failure{not_a_number} naming the first frame of the song that holds a NaN or Inf
    [[nodiscard]] virtual AudioView process(PackedAudio packed) = 0;
};

} // namespace stemlathe
