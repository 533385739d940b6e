#include "service/client/remote_failure.hpp"

namespace stemlathe::service {

namespace {

constexpr std::string_view kUnreachable = "unreachable";

} // namespace

RemoteFailure unreachable(std::string const& sentence) {
    return {kUnreachable, Code::storage_failed, sentence};
}

RemoteFailure forbidden(std::string const& sentence) {
    return {"forbidden", Code::invalid_argument, sentence};
}

bool is_unreachable(std::exception const& failure) noexcept {
    auto const* const remote = dynamic_cast<RemoteFailure const*>(&failure);
    return remote != nullptr && remote->name() == kUnreachable;
}

} // namespace stemlathe::service
