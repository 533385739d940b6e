#include "service/watch/drop_box.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::array<std::string_view, 3> kMarkers{".done", ".ready", "ready"};
/// A session has `references/`; what lies deeper is none of it.
constexpr int kDepthMax = 2;

bool is_session(std::filesystem::directory_entry const& entry) {
    std::error_code error;
    auto const name = entry.path().filename().string();
    return entry.symlink_status(error).type() == std::filesystem::file_type::directory &&
           !name.starts_with('.') && !name.ends_with(kResultEnding);
}

bool has_marker(std::filesystem::path const& session) {
    return std::ranges::any_of(kMarkers, [&](auto marker) {
        std::error_code error;
        return std::filesystem::is_regular_file(session / marker, error);
    });
}

/// Names, sizes and times of all files; nothing where it cannot be read just now.
std::optional<std::string> content_of(std::filesystem::path const& session) {
    std::vector<std::string> lines;
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry{session, error};
    std::filesystem::recursive_directory_iterator const end;
    for (; !error && entry != end; entry.increment(error)) {
        if (entry.depth() >= kDepthMax) {
            entry.disable_recursion_pending();
        }
        std::error_code gone;
        if (!entry->is_regular_file(gone)) {
            continue;
        }
        auto const bytes = entry->file_size(gone);
        auto const time = entry->last_write_time(gone).time_since_epoch().count();
        if (gone) {
            return std::nullopt;
        }
        lines.push_back(fmt::format("{} {} {}\n", entry->path().string(), bytes, time));
    }
    if (error) {
        return std::nullopt;
    }
    std::ranges::sort(lines); // a folder has no order
    return fmt::format("{}", fmt::join(lines, ""));
}

} // namespace

DropBox::DropBox(std::filesystem::path folder, std::chrono::milliseconds quiet)
    : folder_(std::move(folder)), quiet_(quiet) {}

std::filesystem::path DropBox::result_of(std::filesystem::path const& session) const {
    return folder_ / (session.filename().string() + std::string{kResultEnding});
}

std::vector<std::filesystem::path> DropBox::complete(Clock::time_point now) {
    std::map<std::filesystem::path, Seen> seen;
    std::vector<std::filesystem::path> complete;
    std::error_code error;
    for (auto const& entry : std::filesystem::directory_iterator{folder_, error}) {
        if (!is_session(entry) || std::filesystem::exists(result_of(entry.path()), error)) {
            continue;
        }
        auto content = content_of(entry.path());
        auto const before = seen_.find(entry.path());
        bool const is_same = content && before != seen_.end() && before->second.content == *content;
        Seen const one{
            .content = content.value_or(""), .since = is_same ? before->second.since : now};
        seen[entry.path()] = one;
        bool const is_quiet = is_same && now - one.since >= quiet_;
        if (!one.content.empty() && (is_quiet || has_marker(entry.path()))) {
            complete.push_back(entry.path());
        }
    }
    seen_ = std::move(seen);
    std::ranges::sort(complete);
    return complete;
}

std::vector<std::filesystem::path> DropBox::seen() const {
    std::vector<std::filesystem::path> paths;
    for (auto const& [path, ignored] : seen_) {
        paths.push_back(path);
    }
    return paths;
}

} // namespace stemlathe::service
