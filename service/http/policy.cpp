#include "service/http/policy.hpp"

#include "service/http/authority.hpp"
#include "service/http/characters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kLengthDigitsMax = 15;

constexpr std::array<std::pair<std::string_view, Method>, 7> kMethods{
    {{"GET", Method::get},
     {"HEAD", Method::head},
     {"POST", Method::post},
     {"PUT", Method::put},
     {"PATCH", Method::patch},
     {"DELETE", Method::del},
     {"OPTIONS", Method::options}}};

/// Fields of which two would let two readers see two requests.
constexpr std::array<std::string_view, 20> kSingleFields{
    "authorization",   "content-encoding", "content-length", "content-type",
    "cookie",          "expect",           "host",           "idempotency-key",
    "if-range",        "last-event-id",    "origin",         "range",
    "tus-resumable",   "upload-checksum",  "upload-concat",  "upload-length",
    "upload-metadata", "upload-offset",    "x-csrf",         "x-http-method-override"};

constexpr Refusal malformed(std::string_view detail) noexcept {
    return {.kind = kBadRequest, .detail = detail};
}

/// The fields that decide about framing and connection, as they were found.
struct Seen {
    std::optional<std::string_view> host{};
    std::optional<std::string_view> content_length{};
    std::optional<std::string_view> expect{};
    bool has_other_framing = false; ///< Transfer-Encoding or Upgrade
    bool asks_to_close = false;
    std::array<bool, kSingleFields.size()> singles{};
    std::size_t fields = 0;
};

bool lists(std::string_view value, std::string_view word) noexcept {
    while (!value.empty()) {
        auto const comma = std::min(value.find(','), value.size());
        if (equal_ignoring_case(trimmed(value.substr(0, comma)), word)) {
            return true;
        }
        value.remove_prefix(std::min(comma + 1, value.size()));
    }
    return false;
}

/// RFC 9110, 5.6.1: tokens with commas between them; empty ones do no harm.
bool is_token_list(std::string_view value) noexcept {
    while (!value.empty()) {
        auto const comma = std::min(value.find(','), value.size());
        auto const word = trimmed(value.substr(0, comma));
        if (!word.empty() && !is_token(word)) {
            return false;
        }
        value.remove_prefix(std::min(comma + 1, value.size()));
    }
    return true;
}

std::optional<Refusal> note_field(std::string_view name, std::string_view value, Seen& seen) {
    auto const known = std::ranges::find_if(kSingleFields, [&](std::string_view single) {
        return equal_ignoring_case(name, single);
    });
    if (known != kSingleFields.end()) {
        auto const index = static_cast<std::size_t>(known - kSingleFields.begin());
        if (std::exchange(seen.singles[index], true)) {
            return malformed("A field that may stand only once stands twice.");
        }
    }
    bool const is_connection =
        equal_ignoring_case(name, "connection") || equal_ignoring_case(name, "proxy-connection");
    if (equal_ignoring_case(name, "host")) {
        seen.host = value;
    } else if (equal_ignoring_case(name, "content-length")) {
        seen.content_length = value;
    } else if (equal_ignoring_case(name, "expect")) {
        seen.expect = value;
    } else if (is_connection) {
        if (!is_token_list(value)) {
            return malformed("The field Connection must be a list of words.");
        }
        seen.asks_to_close = seen.asks_to_close || lists(value, "close");
    } else if (equal_ignoring_case(name, "transfer-encoding")) {
        seen.has_other_framing = true;
    } else if (equal_ignoring_case(name, "upgrade")) {
        seen.has_other_framing = true;
    }
    return std::nullopt;
}

/// One line between the request line and the empty line, without its end.
std::optional<Refusal> check_field(std::string_view line, Seen& seen) {
    if (line.starts_with(' ') || line.starts_with('\t')) {
        return malformed("A field is folded over two lines.");
    }
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return malformed("A field's name is empty or has a character that no name may have.");
    }
    auto const value = trimmed(line.substr(colon + 1));
    if (std::ranges::any_of(value, [](char c) { return c != '\t' && is_control(c); })) {
        return malformed("A field's value has a control character.");
    }
    return note_field(line.substr(0, colon), value, seen);
}

std::optional<Refusal> check_fields(std::string_view lines, HttpLimits const& limits, Seen& seen) {
    while (lines != kLineEnd) {
        auto const end = lines.find(kLineEnd);
        if (end == std::string_view::npos || end == 0) {
            return malformed("The head does not end with an empty line.");
        }
        if (++seen.fields > limits.fields_max) {
            return Refusal{.kind = kHeadTooLarge, .detail = "There are too many fields."};
        }
        if (auto const refusal = check_field(lines.substr(0, end), seen)) {
            return refusal;
        }
        lines.remove_prefix(end + kLineEnd.size());
    }
    return std::nullopt;
}

struct RequestLine {
    std::string_view method{};
    std::string_view target{};
    std::string_view version{};
};

/// RFC 9112, 3: three words with one space between them.
std::optional<RequestLine> split(std::string_view line) noexcept {
    auto const first = line.find(' ');
    auto const last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return std::nullopt;
    }
    RequestLine const words{
        .method = line.substr(0, first),
        .target = line.substr(first + 1, last - first - 1),
        .version = line.substr(last + 1)};
    bool const is_clean =
        is_token(words.method) && !words.target.empty() &&
        std::ranges::none_of(words.target, [](char c) { return c == ' ' || is_control(c); });
    return is_clean ? std::optional{words} : std::nullopt;
}

bool is_version(std::string_view word) noexcept {
    return word.size() == 8 && word.starts_with("HTTP/") && is_digit(word[5]) && word[6] == '.' &&
           is_digit(word[7]);
}

std::optional<Refusal>
check_line(RequestLine const& line, HttpLimits const& limits, HeadFacts& facts) {
    if (!is_version(line.version)) {
        return malformed("The request line does not end in a version of HTTP.");
    }
    if (line.version != "HTTP/1.1" && line.version != "HTTP/1.0") {
        return Refusal{.kind = kWrongVersion, .detail = "Only HTTP/1.1 is spoken here."};
    }
    auto const* const method =
        std::ranges::find(kMethods, line.method, &std::pair<std::string_view, Method>::first);
    if (method == kMethods.end()) {
        return Refusal{.kind = kNotSpoken, .detail = "The method is not known here."};
    }
    if (line.target.size() > limits.target_bytes_max) {
        return Refusal{.kind = kTargetTooLong, .detail = "The request target is too long."};
    }
    if (!line.target.starts_with('/')) {
        return malformed("The request target must be a path that begins with \"/\".");
    }
    facts.method = method->second;
    facts.target = line.target;
    facts.keeps_alive = line.version == "HTTP/1.1";
    return std::nullopt;
}

std::optional<Refusal> check_length(Seen const& seen, HeadFacts& facts) {
    if (!seen.content_length) {
        return std::nullopt;
    }
    auto const digits = *seen.content_length;
    if (digits.empty() || digits.size() > kLengthDigitsMax ||
        !std::ranges::all_of(digits, is_digit)) {
        return malformed("Content-Length must be a number of at most 15 digits.");
    }
    std::from_chars(digits.data(), digits.data() + digits.size(), facts.body_bytes);
    return std::nullopt;
}

std::optional<Refusal>
check_host(Seen const& seen, std::vector<std::string> const& hosts, bool is_required) {
    if (!seen.host) {
        return is_required ? std::optional{malformed("The field Host is missing.")} : std::nullopt;
    }
    auto const authority = parse_authority(*seen.host);
    if (!authority) {
        return malformed("The field Host must be a name or an address, with a port or without.");
    }
    bool const is_welcome = authority->is_address || hosts.empty() ||
                            std::ranges::any_of(hosts, [&](std::string const& host) {
                                return equal_ignoring_case(host, authority->host);
                            });
    if (!is_welcome) {
        return Refusal{
            .kind = kWrongHost,
            .detail = "This service does not answer to the name in the field Host."};
    }
    return std::nullopt;
}

std::optional<Refusal> check_expect(Seen const& seen, HeadFacts& facts) {
    if (!seen.expect) {
        return std::nullopt;
    }
    if (!equal_ignoring_case(*seen.expect, "100-continue")) {
        return Refusal{
            .kind = kExpectationFailed,
            .detail = "The only expectation that is met here is 100-continue."};
    }
    // RFC 9110, 10.1.1: one in HTTP/1.0 is ignored.
    facts.expects_continue = facts.keeps_alive;
    return std::nullopt;
}

} // namespace

HeadSearch find_head(std::string_view bytes, std::size_t from) noexcept {
    for (std::size_t i = from; i < bytes.size(); ++i) {
        char const c = bytes[i];
        if (c == '\r') {
            if (i + 1 == bytes.size()) {
                return {.end = i}; // its LF may be still under way
            }
            if (bytes[i + 1] != '\n') {
                return {.state = HeadSearch::State::broken};
            }
        } else if (c == '\n') {
            if (i < 2 || bytes[i - 1] != '\r') {
                return {.state = HeadSearch::State::broken};
            }
            if (i >= 3 && bytes[i - 2] == '\n') {
                return {.state = HeadSearch::State::complete, .end = i + 1};
            }
        } else if (c == '\0') {
            return {.state = HeadSearch::State::broken};
        }
    }
    return {.end = bytes.size()};
}

std::variant<HeadFacts, Refusal>
check_head(std::string_view head, HttpLimits const& limits, std::vector<std::string> const& hosts) {
    auto const line_end = head.find(kLineEnd);
    auto const line = split(head.substr(0, std::min(line_end, head.size())));
    if (line_end == std::string_view::npos || !line) {
        return malformed("The request line must be a method, a target and a version.");
    }
    HeadFacts facts;
    Seen seen;
    auto refusal = check_line(*line, limits, facts);
    if (!refusal) {
        refusal = check_fields(head.substr(line_end + kLineEnd.size()), limits, seen);
    }
    if (!refusal && seen.has_other_framing) {
        refusal = Refusal{
            .kind = kNotSpoken,
            .detail = "Transfer-Encoding and Upgrade are not spoken here; send Content-Length."};
    }
    bool const is_new = facts.keeps_alive;
    for (auto const& check :
         {check_host(seen, hosts, is_new), check_length(seen, facts), check_expect(seen, facts)}) {
        refusal = refusal ? refusal : check;
    }
    if (refusal) {
        return *refusal;
    }
    facts.fields = seen.fields;
    facts.keeps_alive = facts.keeps_alive && !seen.asks_to_close;
    return facts;
}

Refusal too_large(std::string_view head_so_far, HttpLimits const& limits) noexcept {
    auto const line_end = std::min(head_so_far.find('\r'), head_so_far.size());
    if (line_end > limits.target_bytes_max + 32) { // the longest method and the version, with room
        return {.kind = kTargetTooLong, .detail = "The request target is too long."};
    }
    return {.kind = kHeadTooLarge, .detail = "The head is too large."};
}

} // namespace stemlathe::service
