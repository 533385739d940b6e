#include "service/backup/restore_place.hpp"

#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"
#include "service/backup/folder.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/blobs/s3/s3_blob_store.hpp"
#include "service/store/ids.hpp"

#include <fmt/format.h>

#include <fstream>

namespace stemlathe::service {

namespace {

std::string known_name(Database& database) {
    auto const rows = database.query("SELECT value FROM installation WHERE name='files'");
    return rows.empty() ? std::string{} : rows.front().text("value");
}

} // namespace

RestorePlace::RestorePlace(RestoreTarget const& target)
    : folder_{target.blobs.empty() ? target.data / "blobs" : target.blobs} {
    make_private_folder(folder_);
    if (target.s3) {
        url_ = fmt::format("s3://{}/{}", target.s3->bucket, target.s3->prefix);
        auto bucket = std::make_unique<S3BlobStore>(folder_, *target.s3, kNothingKept);
        bucket_ = bucket.get();
        store_ = std::move(bucket);
    } else {
        store_ = std::make_unique<LocalBlobStore>(folder_, kNothingKept);
    }
}

RestorePlace::~RestorePlace() = default;

std::string RestorePlace::words() const {
    return url_.empty() ? folder_.string() : url_;
}

std::string RestorePlace::found_name() const {
    if (bucket_ != nullptr) {
        return bucket_->installation();
    }
    std::ifstream stream{folder_ / "installation"};
    std::string name;
    stream >> name;
    return name;
}

void RestorePlace::check(Database& snapshot) const {
    auto const known = known_name(snapshot);
    if (auto const found = found_name(); !found.empty() && found != known) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} holds the files of another installation: its \"installation\" says {}, and "
                "this "
                "backup is of {}; restore into an empty place",
                words(),
                found,
                known.empty() ? "one without a name" : known
            )}
            .about_key(bucket_ != nullptr ? "blobs.url" : "blobs.dir");
    }
}

void RestorePlace::name(Database& database) {
    auto known = known_name(database);
    if (bucket_ == nullptr) {
        if (!known.empty()) {
            write_text_atomically(folder_ / "installation", known + "\n");
        }
        return;
    }
    if (known.empty()) {
        known = make_id("fls");
        database.query("INSERT INTO installation(name, value) VALUES('files', $1)", {known});
    }
    static_cast<void>(bucket_->name_installation(known));
    check(database); // another may have been quicker
}

} // namespace stemlathe::service
