#include "service/api/wait.hpp"

#include <algorithm>
#include <charconv>

namespace stemlathe::service {

namespace {

constexpr std::string_view kWait = "wait=";
constexpr int kWait_s_max = 60;

} // namespace

std::optional<Wait> wanted_wait(Request const& request) {
    auto const prefer = request.field("prefer");
    auto const at = prefer.find(kWait);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    auto const text = prefer.substr(at + kWait.size());
    int seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    auto const spent = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - request.arrived
    );
    auto const left = std::chrono::seconds{std::clamp(seconds, 0, kWait_s_max)} - spent;
    return left.count() > 0 ? std::optional{Wait{.at_most = left}} : std::nullopt;
}

} // namespace stemlathe::service
