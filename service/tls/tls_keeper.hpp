#pragma once

#include "service/http/wire.hpp"
#include "service/tls/certificate.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace stemlathe::service {

struct TlsKeeperSettings {
    TlsFiles files{};
    /// How often the files are looked at. New ones are taken when they have stayed the same for one
    /// look, so that a certificate does not meet the key of the one before it.
    std::chrono::milliseconds look_every{1'000};
    /// Told of each certificate that comes into use, the first one too. From any thread.
    std::function<void(CertificateFacts const&)> changed{};
};

/// The certificate in use. A new one is taken when its files change, and on request; connections
/// that are open go on with the old one. One that is no good is refused with a line in the log, and
/// the old one stays. Any thread.
class TlsKeeper {
  public:
    /// @throws Failure as Certificate and make_tls_context
    explicit TlsKeeper(TlsKeeperSettings settings);
    TlsKeeper(TlsKeeper const&) = delete;
    TlsKeeper& operator=(TlsKeeper const&) = delete;
    ~TlsKeeper();

    /// The server's end of a new connection, with the certificate of this moment.
    /// @throws std::bad_alloc
    [[nodiscard]] std::unique_ptr<Wire> make_wire(int socket) const;

    [[nodiscard]] CertificateFacts facts() const;

    /// Reads the files now, changed or not.
    void reload();

  private:
    struct Current;
    struct Seen;

    [[nodiscard]] std::shared_ptr<Current const> current() const;
    void take(std::shared_ptr<Current const> fresh);
    void read_anew();
    void look();
    void warn_of_time();

    TlsKeeperSettings settings_;
    std::mutex reload_mutex_{}; ///< one reload at a time
    mutable std::mutex mutex_{};
    std::shared_ptr<Current const> current_{}; ///< under mutex_
    std::unique_ptr<Seen> seen_;               ///< under reload_mutex_
    std::int64_t warned_s_ = 0;                ///< of the thread that looks
    std::jthread thread_{};                    ///< last: it uses all of the above
};

} // namespace stemlathe::service
