#include "kernels/cpu/fft.hpp"
#include "tests/support/fft_probe.hpp"

namespace {

using stemlathe::cpu::AlignedFloats;
using stemlathe::cpu::Fft;

class Probe final : public stemlathe::test::FftProbe {
  public:
    Probe(std::int64_t size, std::vector<float> const& taps)
        : fft_(size), response_(fft_.response_of(taps)), spectrum_(2 * size) {}

    void convolve(float const* frames, float* result) override {
        fft_.forward(frames, spectrum_.data());
        fft_.filter(spectrum_.data(), response_.data(), spectrum_.data(), 0, fft_.size(), result);
    }

  private:
    Fft fft_;
    AlignedFloats response_;
    AlignedFloats spectrum_;
};

} // namespace

extern "C" __attribute__((visibility("default"))) stemlathe::test::FftProbe*
stemlathe_make_fft_probe(std::int64_t size, std::vector<float> const* taps) {
    return new Probe{size, *taps};
}
