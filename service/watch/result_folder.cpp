#include "service/watch/result_folder.hpp"

#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

[[noreturn]] void
fail(std::string_view action, std::filesystem::path const& path, std::error_code error) {
    bool const is_full = error == std::errc::no_space_on_device;
    throw Failure{
        is_full ? Code::storage_full : Code::storage_failed,
        fmt::format("cannot {} {}: {}", action, path.string(), error.message())}
        .about_file(path.string());
}

} // namespace

ResultFolder::ResultFolder(std::filesystem::path place)
    : place_(std::move(place)),
      workshop_(place_.parent_path() / (".stemlathe-" + place_.filename().string())) {
    std::error_code error;
    std::filesystem::create_directories(workshop_, error);
    if (error) {
        fail("make", workshop_, error);
    }
}

void ResultFolder::empty() const {
    std::error_code error;
    std::filesystem::remove_all(workshop_, error);
    if (!error) {
        std::filesystem::create_directories(workshop_, error);
    }
    if (error) {
        fail("empty", workshop_, error);
    }
}

void ResultFolder::write(std::string_view name, std::string_view text) const {
    write_text_atomically(workshop_ / name, text);
}

void ResultFolder::publish() const {
    sync_to_disk(workshop_);
    std::error_code error;
    std::filesystem::rename(workshop_, place_, error);
    if (error) {
        fail("make", place_, error);
    }
    sync_to_disk(place_.parent_path());
}

} // namespace stemlathe::service
