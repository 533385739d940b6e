#include "host/model/profile.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/profiles/profiles_toml.hpp"
#include "kernels/base/failure.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <cstdlib>
#include <string_view>

/// Any bytes as profiles.toml: refused with a Failure, or profiles that a plan can carry: each has
/// a built-in base, and stands for itself once it was written into a plan.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    stemlathe::ProfileCatalogue catalogue;
    try {
        stemlathe::add_profiles(catalogue, text, "fuzz.toml");
    } catch (stemlathe::Failure const&) { // the right answer to most bytes
        return 0;
    }
    // A Failure from here on is a bug, and ends the fuzzer.
    for (auto const& profile : catalogue.custom()) {
        if (!stemlathe::is_built_in(profile.fields.based_on.value_or(""))) {
            std::abort();
        }
        auto const plan = stemlathe::with_profiles({}, {profile.name}, catalogue);
        if (stemlathe::parse_plan(stemlathe::plan_toml(plan), "again.toml") != plan) {
            std::abort();
        }
    }
    return 0;
}
