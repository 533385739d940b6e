#include "host/output/storage_error.hpp"

#include <fmt/format.h>

#include <cerrno>

namespace stemlathe {

namespace {

bool is_full(int error) noexcept {
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

std::string_view remedy(int error) noexcept {
    if (is_full(error)) {
        return "; free some space or choose a folder on another disk";
    }
    if (error == EACCES || error == EPERM || error == EROFS) {
        return "; choose a folder that you may write to";
    }
    return "";
}

} // namespace

Failure storage_error(
    std::error_code const& error, std::string_view action, std::filesystem::path const& path
) {
    return Failure{
        is_full(error.value()) ? Code::storage_full : Code::storage_failed,
        fmt::format(
            "cannot {} {}: {}{}", action, path.string(), error.message(), remedy(error.value())
        )}
        .about_file(path.string());
}

} // namespace stemlathe
