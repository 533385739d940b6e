#include "service/uploads/upload_files.hpp"

#include "service/uploads/upload_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <span>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::string_view kMark = ".unverified";
constexpr std::string_view kFresh = ".fresh";

void sync_folder(std::filesystem::path const& folder) {
    int const descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        throw upload_failure(errno, "open", folder);
    }
    int const error = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    if (error != 0) {
        throw upload_failure(error, "write", folder);
    }
}

} // namespace

UploadFiles::UploadFiles(std::filesystem::path folder) : folder_{std::move(folder)} {
    if (::mkdir(folder_.c_str(), 0750) != 0 && errno != EEXIST) {
        throw upload_failure(errno, "make the folder", folder_);
    }
    sync_folder(folder_.parent_path());
}

std::filesystem::path UploadFiles::path_of(std::string const& id) const {
    return folder_ / id;
}

std::filesystem::path UploadFiles::mark_of(std::string const& id) const {
    return folder_ / (id + std::string{kMark});
}

void UploadFiles::create(std::string const& id) const {
    UploadFile const file{path_of(id)};
    sync_folder(folder_);
}

std::int64_t UploadFiles::size_of(std::string const& id) const {
    struct stat status {};

    auto const path = path_of(id);
    if (::lstat(path.c_str(), &status) == 0) {
        return status.st_size;
    }
    if (errno == ENOENT) {
        return 0;
    }
    throw upload_failure(errno, "look at", path);
}

void UploadFiles::truncate(std::string const& id, std::int64_t bytes) const {
    UploadFile file{path_of(id)};
    file.truncate(bytes);
}

void UploadFiles::renew(std::string const& id, std::int64_t bytes) const {
    auto const path = path_of(id);
    auto const fresh = folder_ / (id + std::string{kFresh});
    ::unlink(fresh.c_str());
    {
        UploadFile file{fresh};
        if (bytes > 0) {
            file.append(path);
            file.truncate(bytes);
            file.sync();
        }
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        throw upload_failure(errno, "rename", fresh);
    }
    ::unlink(mark_of(id).c_str());
    sync_folder(folder_);
}

void UploadFiles::remove(std::string const& id) const noexcept {
    // The file first: bytes without their mark would count as verified.
    ::unlink(path_of(id).c_str());
    ::unlink(mark_of(id).c_str());
}

void UploadFiles::mark_unverified(std::string const& id, std::int64_t offset) const {
    UploadFile file{mark_of(id)};
    auto const text = std::to_string(offset);
    std::int64_t position = 0;
    file.write(std::as_bytes(std::span{text}), position);
}

void UploadFiles::clear_mark(std::string const& id) const {
    auto const mark = mark_of(id);
    if (::unlink(mark.c_str()) != 0 && errno != ENOENT) {
        throw upload_failure(errno, "remove", mark);
    }
}

std::int64_t UploadFiles::settle(std::string const& id) const {
    std::ifstream mark{mark_of(id)};
    if (mark.is_open()) {
        std::int64_t offset = 0;
        // Unreadable only where the process died before it wrote a byte of the chunk.
        if (mark >> offset && offset < size_of(id)) {
            truncate(id, offset);
        }
        clear_mark(id);
    }
    if (!std::filesystem::exists(path_of(id))) { // a deletion died before its commit
        create(id);
    }
    return size_of(id);
}

std::vector<std::string> UploadFiles::ids() const {
    std::vector<std::string> ids;
    for (auto const& entry : std::filesystem::directory_iterator{folder_}) {
        auto name = entry.path().filename().string();
        if (name.ends_with(kMark)) {
            name.resize(name.size() - kMark.size());
        }
        ids.push_back(std::move(name));
    }
    std::ranges::sort(ids);
    auto const doubles = std::ranges::unique(ids);
    ids.erase(doubles.begin(), doubles.end());
    return ids;
}

bool UploadFiles::is_old(std::string const& id) const noexcept {
    std::error_code error;
    auto const time = std::filesystem::last_write_time(path_of(id), error);
    return !error && time < std::filesystem::file_time_type::clock::now() - std::chrono::hours{24};
}

} // namespace stemlathe::service
