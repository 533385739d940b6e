#include "host/session/label_findings.hpp"
#include "host/session/labels.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <cstdlib>
#include <string>

/// Any bytes as a file's name: a finding exactly where the name is not clear, and numbers that are
/// numbers.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const name{reinterpret_cast<char const*>(data), size};
    auto const role = stemlathe::role_from_label(name);
    bool const is_clear = role && stemlathe::is_clear_label(name);
    auto const number = stemlathe::number_of_label(name);
    bool const is_number =
        number.size() <= 2 && number.find_first_not_of("0123456789") == std::string::npos;
    bool const is_whole_mix = stemlathe::sounds_like_a_mix(name);
    if (stemlathe::label_finding(name).has_value() == is_clear || !is_number ||
        (is_whole_mix && role)) {
        std::abort();
    }
    (void)stemlathe::is_reference_mix(name);
    (void)stemlathe::has_stem_extension(name);
    (void)stemlathe::has_other_audio_extension(name);
    return 0;
}
