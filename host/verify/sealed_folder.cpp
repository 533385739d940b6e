#include "host/verify/sealed_folder.hpp"

#include "host/verify/json_fields.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

namespace stemlathe {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kDocumentBytesMax = 32LL << 20U;
constexpr std::size_t kFilesBelowMax = 100'000;

Failure folder_failure(std::error_code const& error, fs::path const& path) {
    return Failure{
        Code::storage_failed,
        fmt::format("cannot look into {}: {}", path.string(), error.message())}
        .about_file(path.string());
}

PlaceKind kind_of(fs::file_type type) {
    switch (type) {
    case fs::file_type::not_found:
        return PlaceKind::nothing;
    case fs::file_type::regular:
        return PlaceKind::file;
    case fs::file_type::directory:
        return PlaceKind::folder;
    case fs::file_type::symlink:
        return PlaceKind::link;
    default:
        return PlaceKind::other;
    }
}

} // namespace

SealedFolder::SealedFolder(fs::path const& folder) {
    std::error_code error;
    root_ = fs::canonical(folder, error);
    if (error || !fs::is_directory(root_, error)) {
        throw Failure{
            Code::not_found,
            fmt::format(
                "{} is no folder; name the one that `stemlathe master` wrote", folder.string()
            )}
            .about_file(folder.string());
    }
}

Place SealedFolder::look(std::string const& inner) const {
    STEMLATHE_ASSERT(is_inner_path(inner));
    auto place = root_;
    fs::path const relative{inner};
    std::size_t left = static_cast<std::size_t>(std::distance(relative.begin(), relative.end()));
    for (auto const& part : relative) {
        place /= part;
        std::error_code error;
        auto const kind = kind_of(fs::symlink_status(place, error).type());
        if (--left > 0 && kind == PlaceKind::folder) {
            continue;
        }
        if (left > 0) { // a file on the way leads nowhere, a link is told
            return {.kind = kind == PlaceKind::link ? kind : PlaceKind::nothing};
        }
        auto const bytes = kind == PlaceKind::file ? fs::file_size(place, error) : 0;
        return {.kind = kind, .bytes = error ? 0 : static_cast<std::int64_t>(bytes)};
    }
    return {};
}

std::optional<std::string> SealedFolder::document(std::string const& inner) const {
    auto const place = look(inner);
    if (place.kind != PlaceKind::file) {
        return std::nullopt;
    }
    if (place.bytes > kDocumentBytesMax) {
        throw Failure{
            Code::unreadable,
            fmt::format(
                "{} has {} bytes; no delivery's has more than {}",
                inner,
                place.bytes,
                kDocumentBytesMax
            )}
            .about_file(path(inner).string());
    }
    std::ifstream file{path(inner), std::ios::binary};
    std::string text(static_cast<std::size_t>(place.bytes), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad()) {
        throw Failure{Code::storage_failed, "cannot read " + path(inner).string()}.about_file(
            path(inner).string()
        );
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

std::vector<std::string> SealedFolder::files_below(std::string const& inner) const {
    std::vector<std::string> files;
    std::error_code error;
    auto const top = inner.empty() ? root_ : root_ / inner;
    if (!inner.empty() && look(inner).kind != PlaceKind::folder) {
        return files;
    }
    auto entry = fs::recursive_directory_iterator{top, error}; // follows no links
    for (; !error && entry != fs::end(entry); entry.increment(error)) {
        std::error_code lost;
        if (kind_of(entry->symlink_status(lost).type()) == PlaceKind::folder) {
            continue;
        }
        if (files.size() == kFilesBelowMax) {
            throw Failure{
                Code::unreadable,
                fmt::format(
                    "{} holds more than {} files; no delivery does", top.string(), kFilesBelowMax
                )}
                .about_file(top.string());
        }
        files.push_back(entry->path().lexically_relative(root_).generic_string());
    }
    if (error) {
        throw folder_failure(error, top);
    }
    std::ranges::sort(files);
    return files;
}

} // namespace stemlathe
