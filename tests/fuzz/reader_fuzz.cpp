#include "formats/jail/local_source.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/fuzz/memory_file.hpp"

#include <algorithm>
#include <span>
#include <vector>

/// Any bytes as an audio file: read to the end, or refused with a Failure. What the decoder does in
/// its jail is done here in the fuzzer's own process, where it can look inside.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    constexpr std::int64_t kFramesMax = 1 << 20U; // a lossy file of few bytes may be very long
    stemlathe::test::MemoryFile const file{std::span{data, size}};
    try {
        stemlathe::formats::LocalSource source{
            stemlathe::formats::File::open(file.path()), stemlathe::AudioKinds::any};
        auto const& info = source.info();
        auto const frame_bytes =
            static_cast<std::size_t>(info.channels * stemlathe::bytes_per_sample(info.packed));
        std::vector<std::byte> block(1'000 * frame_bytes);
        for (std::int64_t done = 0; done < std::min(info.frames, kFramesMax);) {
            auto const got =
                source.read(block, done, std::min<std::int64_t>(info.frames - done, 1'000));
            if (got == 0) {
                break;
            }
            done += got;
        }
        (void)source.read(block, info.frames / 2, std::min<std::int64_t>(info.frames / 2, 10));
    } catch (stemlathe::Failure const&) { // the right answer to most bytes
        return 0;
    }
    return 0;
}
