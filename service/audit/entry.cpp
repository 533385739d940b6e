#include "service/audit/entry.hpp"

#include "formats/checksum.hpp"
#include "kernels/base/failure.hpp"
#include "service/store/json_quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace stemlathe::service {

namespace {

constexpr std::size_t kHashDigits = 64;

bool is_hash(std::string_view text) {
    return text.size() == kHashDigits && std::ranges::all_of(text, [](char digit) {
               return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
           });
}

} // namespace

std::string first_prev_hash() {
    return std::string(kHashDigits, '0');
}

std::string canonical_text(AuditEntry const& entry) {
    std::string text = fmt::format("[{},{}", entry.seq, entry.at_ms);
    for (auto const* const field :
         {&entry.actor,
          &entry.name,
          &entry.role,
          &entry.client,
          &entry.peer,
          &entry.request,
          &entry.action,
          &entry.subject,
          &entry.detail}) {
        text += ',' + json_quote(*field);
    }
    return text + ']';
}

std::string hash_of(AuditEntry const& entry) {
    return sha256_of_text(entry.prev_hash + canonical_text(entry));
}

std::string text_of(AuditHead const& head) {
    return fmt::format("{}:{}", head.seq, head.hash);
}

AuditHead parse_audit_head(std::string_view text) {
    auto const colon = text.find(':');
    std::string const number{text.substr(0, colon)};
    auto const* const end = number.data() + number.size();
    AuditHead head;
    auto const [rest, error] = std::from_chars(number.data(), end, head.seq);
    bool const is_number = error == std::errc{} && rest == end && head.seq >= 0;
    if (!is_number || colon == std::string_view::npos || !is_hash(text.substr(colon + 1))) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "--head is \"{}\"; it must be what `stemlathe audit head` printed, a number, a "
                "colon and 64 hexadecimal digits",
                text
            )}
            .about_key("--head");
    }
    head.hash = text.substr(colon + 1);
    return head;
}

} // namespace stemlathe::service
