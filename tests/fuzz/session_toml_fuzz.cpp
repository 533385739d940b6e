#include "host/session/session_toml.hpp"
#include "kernels/base/failure.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/fuzz/memory_file.hpp"

#include <span>

/// Any bytes as session.toml.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    stemlathe::test::MemoryFile const file{std::span{data, size}};
    try {
        (void)stemlathe::load_session_file(file.path());
    } catch (stemlathe::Failure const&) { // the right answer to most bytes
        return 0;
    }
    return 0;
}
