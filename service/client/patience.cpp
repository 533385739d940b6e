#include "service/client/patience.hpp"

#include "service/client/remote_failure.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace stemlathe::service {

namespace {

/// A server that asks for more is not waited for longer at a time; it is asked again.
constexpr std::chrono::seconds kRetryAfterMax{600};

/// 0.75 to 1.25 of it.
std::chrono::milliseconds with_random_part(std::chrono::milliseconds pause) {
    unsigned char byte = 128; // where no random number is to be had, the pause itself
    static_cast<void>(RAND_bytes(&byte, 1));
    double const part = 0.75 + byte / 510.0;
    return std::chrono::milliseconds{
        static_cast<std::int64_t>(static_cast<double>(pause.count()) * part)};
}

} // namespace

Patience::Patience(RetryRules const& rules, std::stop_token stop, Notice const& notice)
    : rules_(rules), stop_(std::move(stop)), notice_(notice), pause_(rules.first) {}

void Patience::wait(std::string const& reason, std::optional<std::chrono::milliseconds> at_least) {
    auto const spent = Clock::now() - last_success_;
    if (spent >= rules_.give_up) {
        throw unreachable(fmt::format(
            "{}; given up after {} s. Check the address and the network, then repeat the "
            "command: it goes on where it stopped",
            reason,
            std::chrono::duration_cast<std::chrono::seconds>(spent).count()
        ));
    }
    auto const pause = std::max(with_random_part(pause_), at_least.value_or(pause_ / 2));
    pause_ = std::min(2 * pause_, rules_.longest);
    if (notice_) {
        notice_(fmt::format(
            "{}; trying again in {:.1f} s", reason, static_cast<double>(pause.count()) / 1000.0
        ));
    }
    sleep_for(pause, stop_);
}

void Patience::succeeded() noexcept {
    pause_ = rules_.first;
    last_success_ = Clock::now();
}

void sleep_for(std::chrono::milliseconds time, std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock{mutex};
    wake.wait_for(lock, stop, time, [] { return false; });
    if (stop.stop_requested()) {
        throw Failure{Code::cancelled, "stopped on request"};
    }
}

bool is_for_now(int status) noexcept {
    bool const is_never = status == 501 || status == 505;
    return status == 408 || status == 423 || status == 425 || status == 429 ||
           (status >= 500 && !is_never);
}

std::optional<std::chrono::milliseconds> retry_after(HttpReply const& reply) {
    auto const text = reply.field("retry-after");
    int seconds = 0;
    auto const [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || rest != text.data() + text.size() || seconds < 0) {
        return std::nullopt;
    }
    return std::min(std::chrono::seconds{seconds}, kRetryAfterMax);
}

} // namespace stemlathe::service
