#include "host/plan/plan_toml.hpp"
#include "kernels/base/failure.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <cstdlib>
#include <string_view>

/// Any bytes as a plan: refused with a Failure, or written so that they read back as the same plan.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    stemlathe::MasteringPlan plan;
    try {
        plan = stemlathe::parse_plan(text, "fuzz.toml");
    } catch (stemlathe::Failure const&) { // the right answer to most bytes
        return 0;
    }
    // A Failure from here on is a bug, and ends the fuzzer.
    if (stemlathe::parse_plan(stemlathe::plan_toml(plan), "again.toml") != plan) {
        std::abort();
    }
    return 0;
}
