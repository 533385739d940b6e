#include "service/blobs/s3/s3_blob_store.hpp"

#include "kernels/base/failure.hpp"
#include "service/blobs/file_calls.hpp"
#include "service/client/patience.hpp"
#include "service/store/ids.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

namespace stemlathe::service {

namespace {

/// A blob that is older is written anew when it is published again: its age is what keeps it from
/// being removed before the database speaks of it.
constexpr std::chrono::hours kYoung{12};
/// A removal takes seconds; a mark that is older was left by one that died.
constexpr std::chrono::minutes kRemovalMost{15};
constexpr std::chrono::milliseconds kLook{250};
constexpr std::string_view kInstallation = "installation";

std::string mark_of(std::string const& digest) {
    return "removing/" + digest;
}

/// A new file in the workshop, gone again where nobody takes it.
class Piece {
  public:
    explicit Piece(std::filesystem::path const& workshop) : path_{workshop / make_id("get")} {
        descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (descriptor_ < 0) {
            throw blob_failure(errno, "make", path_);
        }
    }

    Piece(Piece const&) = delete;
    Piece& operator=(Piece const&) = delete;

    ~Piece() {
        ::close(descriptor_);
        ::unlink(path_.c_str());
    }

    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            auto const written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) {
                throw blob_failure(errno, "write", path_);
            }
            bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
        }
    }

    [[nodiscard]] std::filesystem::path const& path() const {
        return path_;
    }

    [[nodiscard]] int descriptor() const {
        return descriptor_;
    }

  private:
    std::filesystem::path path_;
    int descriptor_ = -1;
};

} // namespace

S3BlobStore::S3BlobStore(std::filesystem::path const& root, S3Settings settings, FreeSpace free)
    : disk_{root, free},
      cache_{disk_.workshop().parent_path() / "cache", settings.cache_bytes},
      blobs_{std::move(settings)},
      bucket_{blobs_.bucket()} {}

Blob S3BlobStore::publish(std::filesystem::path const& file) {
    if (bucket_.is_away()) { // asked before a large file is hashed for nothing
        static_cast<void>(bucket_.find(std::string{kInstallation}, Haste::somebody_waits));
    }
    auto const descriptor = open_to_read(file);
    auto const blob = digest_of(*descriptor, file);
    put(*descriptor, blob);
    cache_.take_in(file, blob.digest, blob.bytes);
    return blob;
}

/// Writes first and looks for a removal after that; a removal marks first and looks after that.
/// Whichever comes first, one of the two sees the other.
void S3BlobStore::put(int descriptor, Blob const& blob) {
    auto const key = s3_key_of(blob.digest);
    while (true) {
        auto const found = bucket_.find(key);
        bool const stays = found && found->bytes == blob.bytes && found->age < kYoung;
        if (!stays) {
            bucket_.put_file(key, descriptor, blob.bytes, !found);
        }
        if (!is_being_removed(blob.digest)) {
            return;
        }
        sleep_for(kLook, {});
    }
}

bool S3BlobStore::is_being_removed(std::string const& digest) {
    auto const mark = bucket_.find(mark_of(digest));
    if (mark && mark->age > kRemovalMost) {
        bucket_.erase(mark_of(digest));
        return true; // look once more whether its blob is there
    }
    return mark.has_value();
}

bool S3BlobStore::remove(std::string const& digest, std::chrono::milliseconds grace) {
    auto const key = s3_key_of(digest);
    bucket_.put(mark_of(digest), "", false);
    auto const found = bucket_.find(key);
    bool const goes = !found || found->age >= grace;
    if (found && goes) {
        bucket_.erase(key);
    }
    bucket_.erase(mark_of(digest));
    if (goes) {
        cache_.drop(digest);
    }
    return goes;
}

std::shared_ptr<int const> S3BlobStore::open(std::string const& digest, std::int64_t bytes) const {
    return opened(digest, bytes, Haste::none);
}

std::shared_ptr<int const>
S3BlobStore::open_soon(std::string const& digest, std::int64_t bytes) const {
    return opened(digest, bytes, Haste::somebody_waits);
}

std::shared_ptr<int const>
S3BlobStore::opened(std::string const& digest, std::int64_t bytes, Haste haste) const {
    if (auto descriptor = cache_.open(digest, bytes)) {
        return descriptor;
    }
    auto const turn = fetching_.wait_for_turn(digest);
    if (auto descriptor = cache_.open(digest, bytes)) {
        return descriptor;
    }
    return fetched(digest, bytes, haste);
}

std::shared_ptr<int const>
S3BlobStore::fetched(std::string const& digest, std::int64_t bytes, Haste haste) const {
    auto const found = bucket_.find(s3_key_of(digest), haste);
    if (found && found->bytes != bytes) {
        throw damaged_in_bucket(
            digest, fmt::format("it has {} bytes and should have {}", found->bytes, bytes)
        );
    }
    Piece const piece{workshop()};
    auto const take = [&](std::string_view part) {
        piece.write(part);
    };
    if (!found || !bucket_.fetch(s3_key_of(digest), bytes, take, haste)) {
        throw Failure{
            Code::not_found, fmt::format("there is no {} in the bucket", s3_key_of(digest))};
    }
    if (digest_of(piece.descriptor(), piece.path()).digest != digest) {
        throw damaged_in_bucket(digest, "its bytes have another SHA-256");
    }
    auto descriptor = open_to_read(piece.path());
    cache_.take_in(piece.path(), digest, bytes);
    return descriptor;
}

void S3BlobStore::place(std::string const& digest, std::filesystem::path const& path) const {
    auto const found = bucket_.find(s3_key_of(digest));
    if (!found) {
        throw Failure{
            Code::not_found, fmt::format("there is no {} in the bucket", s3_key_of(digest))};
    }
    constexpr int kTries = 10; // the cache may let go of it between the two
    for (int i = 0; i < kTries; ++i) {
        auto const descriptor = open(digest, found->bytes);
        if (::link(cache_.path_of(digest).c_str(), path.c_str()) == 0) {
            return;
        }
        if (errno != ENOENT) {
            break; // a disk without links: a copy does as well
        }
    }
    auto const descriptor = open(digest, found->bytes);
    copy_whole(fmt::format("/proc/self/fd/{}", *descriptor), path);
}

std::string S3BlobStore::name_installation(std::string const& name) {
    bucket_.put(std::string{kInstallation}, name + "\n", true);
    return installation(); // somebody else may have been quicker
}

} // namespace stemlathe::service
