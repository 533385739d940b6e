#include "host/loudness/integrated.hpp"

#include "kernels/base/failure.hpp"

#include <ebur128.h>

#include <cmath>

namespace stemlathe {

namespace {

void check(int result) {
    if (result == EBUR128_ERROR_NOMEM) {
        throw Failure{Code::out_of_memory, "memory is short for measuring loudness"};
    }
    if (result != EBUR128_SUCCESS) {
        throw Failure{
            Code::internal, "libebur128 refused its input with error " + std::to_string(result)};
    }
}

} // namespace

struct IntegratedLoudness::Library {
    Library(int rate_hz, int channels)
        : state(ebur128_init(
              static_cast<unsigned>(channels), static_cast<unsigned long>(rate_hz), EBUR128_MODE_I
          )) {}

    Library(Library const&) = delete;
    Library& operator=(Library const&) = delete;

    ~Library() {
        if (state != nullptr) {
            ebur128_destroy(&state);
        }
    }

    ebur128_state* state;
};

IntegratedLoudness::IntegratedLoudness(int rate_hz, int channels)
    : library_(std::make_unique<Library>(rate_hz, channels)),
      channels_(static_cast<std::size_t>(channels)) {
    if (library_->state == nullptr) {
        throw Failure{Code::out_of_memory, "memory is short for measuring loudness"};
    }
    if (channels == 1) { // left, not EBUR128_DUAL_MONO, whatever the library's own choice is
        check(ebur128_set_channel(library_->state, 0, EBUR128_LEFT));
    }
}

IntegratedLoudness::~IntegratedLoudness() = default;

void IntegratedLoudness::add(std::span<double const> samples) {
    check(ebur128_add_frames_double(library_->state, samples.data(), samples.size() / channels_));
}

std::optional<double> IntegratedLoudness::finish() {
    double lufs = 0.0;
    check(ebur128_loudness_global(library_->state, &lufs));
    return std::isfinite(lufs) ? std::optional{lufs} : std::nullopt;
}

} // namespace stemlathe
