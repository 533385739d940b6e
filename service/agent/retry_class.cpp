#include "service/agent/retry_class.hpp"

#include "kernels/base/failure.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::array<std::pair<Code, Outcome>, 14> kClasses{{
    {Code::invalid_argument, Outcome::input},
    {Code::invalid_session, Outcome::input},
    {Code::invalid_plan, Outcome::input},
    {Code::not_found, Outcome::input},
    {Code::unreadable, Outcome::input},
    {Code::not_a_number, Outcome::input},
    {Code::intake_refused, Outcome::input},
    {Code::no_device, Outcome::broken},
    {Code::device_lost, Outcome::broken},
    {Code::out_of_memory, Outcome::shortage},
    {Code::storage_full, Outcome::shortage},
    {Code::storage_failed, Outcome::broken},
    {Code::cancelled, Outcome::broken}, // nobody asked: what was asked for never comes here
    {Code::internal, Outcome::broken},
}};

} // namespace

Outcome retry_class(std::string_view code) noexcept {
    auto const* const row = std::ranges::find_if(kClasses, [&](auto const& pair) {
        return name_of(pair.first) == code;
    });
    return row != kClasses.end() ? row->second : Outcome::broken;
}

} // namespace stemlathe::service
