#include "service/doctor/checks.hpp"

#include <fmt/format.h>

#include <chrono>

namespace stemlathe::service {

Check judge_certificate(CertificateFacts const& facts, std::int64_t now_s) {
    auto const warning = time_warning(facts, now_s);
    bool const is_in_force = now_s >= facts.from_s && now_s <= facts.until_s;
    if (!warning.empty()) {
        return {.verdict = is_in_force ? Verdict::warn : Verdict::fail, .message = warning};
    }
    return {
        .message = fmt::format(
            "{} is valid for another {} days", facts.subject, (facts.until_s - now_s) / kDay_s
        )};
}

Check check_certificate(TlsFiles const& files) {
    Certificate const certificate{files};
    auto const now = std::chrono::system_clock::now().time_since_epoch();
    auto check = judge_certificate(
        certificate.facts(), std::chrono::duration_cast<std::chrono::seconds>(now).count()
    );
    if (check.verdict == Verdict::ok && !certificate.key_warning().empty()) {
        return {.verdict = Verdict::warn, .message = certificate.key_warning()};
    }
    return check;
}

} // namespace stemlathe::service
