#include "kernels/base/assert.hpp"
#include "service/http/request_reader.hpp"
#include "service/http/target.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

namespace http = stemlathe::service;

/// Any bytes as a request's head: refused, or read by both readers as the same request.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    http::HttpLimits const limits;
    std::string_view const bytes{reinterpret_cast<char const*>(data), size};
    auto const search = http::find_head(bytes, 0);
    // The search comes to the same end when the bytes come in two pieces.
    auto const first = http::find_head(bytes.substr(0, size / 2), 0);
    if (first.state == http::HeadSearch::State::incomplete) {
        auto const second = http::find_head(bytes, first.end);
        STEMLATHE_ASSERT(second.state == search.state && second.end == search.end);
    }
    if (search.state != http::HeadSearch::State::complete || search.end > limits.head_bytes_max) {
        return 0;
    }
    auto const head = bytes.substr(0, search.end);
    auto const checked = http::check_head(head, limits, {});
    auto const* const facts = std::get_if<http::HeadFacts>(&checked);
    if (facts == nullptr) {
        STEMLATHE_ASSERT(std::get<http::Refusal>(checked).kind.status >= 400);
        return 0;
    }
    auto const fields = http::read_fields(head, *facts);
    STEMLATHE_ASSERT(fields.has_value());
    STEMLATHE_ASSERT(!fields->contains("transfer-encoding") && !fields->contains("upgrade"));
    if (auto const target = http::parse_target(facts->target)) {
        auto const& path = target->path;
        STEMLATHE_ASSERT(path.starts_with('/') && path.find("//") == std::string::npos);
        STEMLATHE_ASSERT((path + "/").find("/../") == std::string::npos);
        STEMLATHE_ASSERT(std::ranges::none_of(path, [](char c) { return c == '\\' || c == '\0'; }));
    }
    return 0;
}
