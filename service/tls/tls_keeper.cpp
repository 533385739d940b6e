#include "service/tls/tls_keeper.hpp"

#include "service/log/log.hpp"
#include "service/tls/tls_context.hpp"

#include <sys/stat.h>

#include <array>
#include <condition_variable>
#include <exception>
#include <stop_token>
#include <string>
#include <utility>

namespace stemlathe::service {

namespace {

std::int64_t unix_s() noexcept {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch()
    )
        .count();
}

/// What tells one version of a file from another, through links; zeros where there is none.
std::array<std::int64_t, 5> version_of(std::filesystem::path const& file) noexcept {
    struct stat about {};

    if (::stat(file.c_str(), &about) != 0) {
        return {};
    }
    return {
        static_cast<std::int64_t>(about.st_dev),
        static_cast<std::int64_t>(about.st_ino),
        about.st_size,
        about.st_mtim.tv_sec,
        about.st_mtim.tv_nsec};
}

void warn(std::string const& sentence) {
    if (!sentence.empty()) {
        log(LogLevel::warning, "certificate", {{"message", sentence}});
    }
}

} // namespace

struct TlsKeeper::Current {
    explicit Current(TlsFiles const& files) : Current{Certificate{files}} {}

    explicit Current(Certificate const& certificate)
        : facts{certificate.facts()},
          key_warning{certificate.key_warning()},
          context{make_tls_context(certificate)} {}

    CertificateFacts facts;
    std::string key_warning;
    TlsContext context; ///< connections count it themselves
};

/// The versions of both files.
struct TlsKeeper::Seen {
    using Versions = std::array<std::array<std::int64_t, 5>, 2>;

    explicit Seen(TlsFiles the_files) : files{std::move(the_files)}, read{now()}, last{read} {}

    [[nodiscard]] Versions now() const noexcept {
        return {version_of(files.certificate), version_of(files.key)};
    }

    /// @returns whether there is something new that has not just come
    [[nodiscard]] bool has_news() noexcept {
        auto const versions = now();
        bool const is_settled = versions == std::exchange(last, versions);
        return is_settled && versions != std::exchange(read, versions);
    }

    TlsFiles files;
    Versions read; ///< of the files that were last read, good or not
    Versions last; ///< at the look before
};

TlsKeeper::TlsKeeper(TlsKeeperSettings settings)
    : settings_(std::move(settings)), seen_(std::make_unique<Seen>(settings_.files)) {
    take(std::make_shared<Current const>(settings_.files));
    warn_of_time();
    thread_ = std::jthread{[this](std::stop_token const& stop) {
        std::mutex mutex;
        std::condition_variable_any woken;
        std::unique_lock lock{mutex};
        while (!woken.wait_for(lock, stop, settings_.look_every, [&] {
            return stop.stop_requested();
        })) {
            look();
        }
    }};
}

TlsKeeper::~TlsKeeper() = default;

std::shared_ptr<TlsKeeper::Current const> TlsKeeper::current() const {
    std::lock_guard const lock{mutex_};
    return current_;
}

std::unique_ptr<Wire> TlsKeeper::make_wire(int socket) const {
    return tls_wire(*current()->context, socket);
}

CertificateFacts TlsKeeper::facts() const {
    return current()->facts;
}

void TlsKeeper::take(std::shared_ptr<Current const> fresh) {
    auto const facts = fresh->facts;
    log(LogLevel::info,
        "certificate",
        {{"message", "in use"},
         {"subject", facts.subject},
         {"serial", facts.serial},
         {"expires_s", facts.until_s}});
    warn(fresh->key_warning);
    {
        std::lock_guard const lock{mutex_};
        current_ = std::move(fresh);
    }
    if (settings_.changed) {
        settings_.changed(facts);
    }
}

void TlsKeeper::reload() {
    std::lock_guard const one_at_a_time{reload_mutex_};
    seen_->read = seen_->now();
    read_anew();
}

void TlsKeeper::read_anew() {
    try {
        auto fresh = std::make_shared<Current const>(settings_.files);
        warn(time_warning(fresh->facts, unix_s()));
        take(std::move(fresh));
    } catch (std::exception const& error) {
        log(LogLevel::error,
            "certificate",
            {{"message",
              std::string{"the new certificate is refused, the old one stays in use: "} +
                  error.what()},
             {"serial", facts().serial}});
    }
}

void TlsKeeper::look() {
    std::lock_guard const one_at_a_time{reload_mutex_};
    if (seen_->has_news()) {
        read_anew();
    }
    if (unix_s() - warned_s_ >= kDay_s) {
        warn_of_time();
    }
}

void TlsKeeper::warn_of_time() {
    warned_s_ = unix_s();
    warn(time_warning(facts(), warned_s_));
}

} // namespace stemlathe::service
