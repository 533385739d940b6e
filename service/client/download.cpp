#include "service/client/download.hpp"

#include "formats/atomic_file.hpp"
#include "formats/checksum.hpp"
#include "service/client/local_file.hpp"

#include <fmt/format.h>

#include <optional>

namespace stemlathe::service {

namespace {

constexpr int kTriesMax = 3;

class Download {
  public:
    Download(
        Remote& remote,
        DownloadWish const& wish,
        std::function<void(std::int64_t)> const& got,
        std::filesystem::path const& path
    )
        : remote_(remote),
          wish_(wish),
          got_(got),
          file_(LocalFile::to_write(path)),
          patience_(remote.patience()) {}

    void run() {
        while (have_ < wish_.bytes) {
            auto const before = have_;
            auto const reply = remote_.attempt(call(), patience_);
            if (!reply) {
                continue;
            }
            if (reply->status == 416) {
                restart();
            } else {
                require_success(*reply);
            }
            if (have_ == before && ++idle_ >= kTriesMax) {
                throw_wrong("sends nothing of it");
            }
        }
    }

  private:
    HttpCall call() {
        HttpCall call{.url = wish_.path, .fields = {{"Accept", wish_.accept}}};
        if (have_ > 0) {
            call.fields.emplace_back("Range", fmt::format("bytes={}-", have_));
            if (!etag_.empty()) {
                call.fields.emplace_back("If-Range", etag_);
            }
        }
        begun_ = false;
        call.take = [this](HttpReply const& head, std::span<std::byte const> bytes) {
            take(head, bytes);
        };
        return call;
    }

    void take(HttpReply const& head, std::span<std::byte const> bytes) {
        if (!begun_) {
            begun_ = true;
            auto const wanted = fmt::format("bytes {}-", have_);
            if (head.status != 206) {
                restart(); // all of it comes
            } else if (!head.field("content-range").starts_with(wanted)) {
                throw_wrong("sends another part than was asked for");
            }
            etag_ = head.field("etag");
        }
        if (have_ + static_cast<std::int64_t>(bytes.size()) > wish_.bytes) {
            throw_wrong(fmt::format("sends more than the {} bytes that it has", wish_.bytes));
        }
        file_.write_at(bytes, have_);
        have_ += static_cast<std::int64_t>(bytes.size());
        got_(have_);
        patience_.succeeded();
    }

    void restart() {
        have_ = 0;
        etag_.clear();
    }

    [[noreturn]] void throw_wrong(std::string const& what) const {
        auto failure = unreachable(fmt::format("{}: the server {}", wish_.file.string(), what));
        failure.about_file(wish_.file.string());
        throw failure;
    }

    Remote& remote_;
    DownloadWish const& wish_;
    std::function<void(std::int64_t)> const& got_;
    LocalFile file_;
    Patience patience_;
    std::int64_t have_ = 0;
    std::string etag_;
    bool begun_ = false; ///< the answer's first bytes have come
    int idle_ = 0;
};

} // namespace

void download_file(
    Remote& remote, DownloadWish const& wish, std::function<void(std::int64_t bytes)> const& got
) {
    for (int attempt = 1;; ++attempt) {
        AtomicFile atomic{wish.file};
        Download{remote, wish, got, atomic.temporary()}.run();
        auto const digest = sha256_of_file(atomic.temporary());
        if (digest == wish.sha256) {
            atomic.commit();
            return;
        }
        if (attempt == kTriesMax) {
            auto failure = unreachable(fmt::format(
                "{} arrives with SHA-256 {} instead of {}; nothing of it was kept. Something "
                "between here and the server changes it",
                wish.file.string(),
                digest,
                wish.sha256
            ));
            failure.about_file(wish.file.string());
            throw failure;
        }
    }
}

} // namespace stemlathe::service
