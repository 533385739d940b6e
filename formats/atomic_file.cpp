#include "formats/atomic_file.hpp"

#include "formats/bytes.hpp"
#include "formats/file.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace stemlathe {

namespace {

/// Takes a free name by creating it, so that two jobs never share a temporary. Not mkstemp, whose
/// files only their owner may read.
std::filesystem::path create_beside(std::filesystem::path const& final_path) {
    for (int attempt = 0;; ++attempt) {
        auto path =
            final_path.parent_path() /
            fmt::format(".stemlathe-{}-{}-{}", ::getpid(), attempt, final_path.filename().string());
        int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            ::close(descriptor);
            return path;
        }
        if (errno != EEXIST) {
            throw formats::storage_failure(errno, final_path, "create");
        }
    }
}

} // namespace

AtomicFile::AtomicFile(std::filesystem::path final_path)
    : final_path_(std::move(final_path)), temporary_(create_beside(final_path_)) {}

AtomicFile::~AtomicFile() {
    if (!committed_) {
        std::error_code ignored; // nothing more can be done about a temporary that stays
        std::filesystem::remove(temporary_, ignored);
    }
}

void AtomicFile::commit() {
    STEMLATHE_ASSERT(!committed_);
    sync_to_disk(temporary_);
    commit_unsynced();
    formats::sync_folder(final_path_.parent_path());
}

void AtomicFile::commit_unsynced() {
    STEMLATHE_ASSERT(!committed_);
    std::error_code error;
    std::filesystem::rename(temporary_, final_path_, error);
    if (error) {
        throw formats::storage_failure(error.value(), final_path_, "replace");
    }
    committed_ = true;
}

void write_text_atomically(std::filesystem::path const& path, std::string_view text) {
    AtomicFile atomic{path};
    auto file = formats::File::open_for_change(atomic.temporary());
    file.write_at(formats::as_bytes(text), 0);
    file.close();
    atomic.commit();
}

void write_text(std::filesystem::path const& path, std::string_view text) {
    auto file = formats::File::create(path);
    file.write_at(formats::as_bytes(text), 0);
    file.close();
}

void make_folder(std::filesystem::path const& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        throw Failure{
            Code::storage_failed,
            fmt::format("cannot make the folder {}: {}", folder.string(), error.message())}
            .about_file(folder.string());
    }
}

void sync_to_disk(std::filesystem::path const& file_or_folder) {
    if (std::filesystem::is_directory(file_or_folder)) {
        formats::sync_folder(file_or_folder);
    } else {
        formats::File::open_for_change(file_or_folder).sync();
    }
}

} // namespace stemlathe
