#include "formats/reader.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/fuzz/memory_file.hpp"

#include <algorithm>
#include <span>
#include <vector>

/// Any bytes as an audio file: read to the end, or refused with a Failure.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    constexpr std::int64_t kFramesMax = 1 << 20U; // a lossy file of few bytes may be very long
    stemlathe::test::MemoryFile const file{std::span{data, size}};
    try {
        stemlathe::Reader reader{file.path()};
        auto const& info = reader.info();
        auto const frame_bytes =
            static_cast<std::size_t>(info.channels * stemlathe::bytes_per_sample(info.packed));
        std::vector<std::byte> block(1'000 * frame_bytes);
        for (std::int64_t done = 0; done < std::min(info.frames, kFramesMax);) {
            auto const got = reader.read(block, 1'000);
            if (got == 0) {
                break;
            }
            done += got;
        }
        reader.seek(info.frames / 2);
        (void)reader.read(block, 10);
    } catch (stemlathe::Failure const&) { // the right answer to most bytes
        return 0;
    }
    return 0;
}
