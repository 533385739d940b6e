#pragma once

#include "host/run.hpp"
#include "kernels/base/failure.hpp"

#include <cstdint>
#include <new>

namespace stemlathe {

/// Below this a segment is shorter than the blocks of the stages and saves no memory any more.
inline constexpr std::int64_t kSegmentFrames_min = 4096;

/// Repeats `pass` with segments half as long while the device's memory is short: segments never
/// change a bit of the result. @throws Failure{out_of_memory} when that helps no more
template <typename Pass>
auto with_less_memory(Run& run, Pass const& pass) {
    for (;;) {
        try {
            return pass();
        } catch (Failure const& failure) {
            if (failure.code() != Code::out_of_memory) {
                throw;
            }
            if (run.segment_frames / 2 < kSegmentFrames_min) {
                throw Failure{
                    Code::out_of_memory,
                    std::string{failure.what()} +
                        "; shorter segments did not help either. Close other programs on this "
                        "device, or use --device cpu"};
            }
        } catch (std::bad_alloc const&) {
            if (run.segment_frames / 2 < kSegmentFrames_min) {
                throw Failure{
                    Code::out_of_memory, "memory is short; close other programs and try again"};
            }
        }
        run.segment_frames /= 2;
    }
}

} // namespace stemlathe
