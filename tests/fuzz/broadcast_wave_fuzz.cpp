#include "formats/bext.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <cstdlib>
#include <span>

/// Any bytes as a bext chunk: nothing, or fields that a chunk of our own carries unchanged.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const info = stemlathe::formats::parsed_bext(std::as_bytes(std::span{data, size}));
    if (!info) {
        return 0;
    }
    auto const again = stemlathe::formats::parsed_bext(stemlathe::formats::bext_chunk(*info));
    bool const same = again && again->time_reference_frames == info->time_reference_frames &&
                      again->loudness.range_lu.has_value() <= info->loudness.range_lu.has_value() &&
                      again->coding_history == info->coding_history;
    if (!same) {
        std::abort();
    }
    return 0;
}
