#include "service/blobs/s3/blob_cache.hpp"

#include "formats/atomic_file.hpp"
#include "service/blobs/file_calls.hpp"
#include "service/store/boot_id.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <vector>

namespace stemlathe::service {

namespace {

constexpr std::string_view kBootFile = "boot";

std::string first_word_of(std::filesystem::path const& file) {
    std::ifstream stream{file};
    std::string word;
    stream >> word;
    return word;
}

} // namespace

BlobCache::BlobCache(std::filesystem::path folder, std::int64_t bytes_most)
    : folder_{std::move(folder)}, bytes_most_{bytes_most} {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) {
        throw blob_failure(error.value(), "make the folder", folder_);
    }
    auto const boot = boot_id();
    if (first_word_of(folder_ / kBootFile) != boot) {
        for (auto const& entry : std::filesystem::directory_iterator{folder_}) {
            std::filesystem::remove(entry.path(), error);
        }
        write_text_atomically(folder_ / kBootFile, boot + "\n");
    }
    take_up();
    trim();
}

void BlobCache::take_up() {
    struct Found {
        std::filesystem::file_time_type time;
        std::string name;
        std::int64_t bytes;
    };

    std::vector<Found> found;
    for (auto const& entry : std::filesystem::directory_iterator{folder_}) {
        std::error_code error;
        auto const bytes = static_cast<std::int64_t>(entry.file_size(error));
        auto name = entry.path().filename().string();
        if (!error && name != kBootFile) {
            found.push_back({entry.last_write_time(error), std::move(name), bytes});
        }
    }
    std::ranges::sort(found, {}, &Found::time);
    for (auto const& file : found) {
        entries_[file.name] = {.bytes = file.bytes, .used = ++clock_};
        bytes_ += file.bytes;
    }
}

void BlobCache::take_in(
    std::filesystem::path const& file, std::string const& digest, std::int64_t bytes
) {
    std::lock_guard const lock{mutex_};
    auto const home = path_of(digest);
    if (::chmod(file.c_str(), 0440) != 0 || ::rename(file.c_str(), home.c_str()) != 0) {
        if (errno != EXDEV) {
            throw blob_failure(errno, "put into the cache", file);
        }
        ::unlink(file.c_str()); // of another disk: whoever needs it fetches it
        return;
    }
    auto& entry = entries_[digest];
    bytes_ += bytes - entry.bytes;
    entry = {.bytes = bytes, .used = ++clock_};
    trim();
}

std::shared_ptr<int const> BlobCache::open(std::string const& digest, std::int64_t bytes) {
    std::lock_guard const lock{mutex_};
    auto const entry = entries_.find(digest);
    if (entry == entries_.end()) {
        return nullptr;
    }
    if (entry->second.bytes == bytes) {
        try {
            auto descriptor = open_to_read(path_of(digest));
            touch(*descriptor, path_of(digest)); // the order counts after a restart, too
            entry->second.used = ++clock_;
            return descriptor;
        } catch (Failure const& failure) {
            if (failure.code() != Code::not_found) {
                throw;
            }
        }
    }
    forget(entry); // another process has let go of it, or it is no copy of this
    return nullptr;
}

void BlobCache::drop(std::string const& digest) {
    std::lock_guard const lock{mutex_};
    if (auto const entry = entries_.find(digest); entry != entries_.end()) {
        forget(entry);
    }
}

void BlobCache::forget(std::map<std::string, Entry>::iterator entry) {
    ::unlink(path_of(entry->first).c_str());
    bytes_ -= entry->second.bytes;
    entries_.erase(entry);
}

/// The one that was used last always stays: somebody is about to open it.
void BlobCache::trim() {
    while (bytes_ > bytes_most_ && entries_.size() > 1) {
        forget(std::ranges::min_element(entries_, {}, [](auto const& entry) {
            return entry.second.used;
        }));
    }
}

} // namespace stemlathe::service
