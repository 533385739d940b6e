#pragma once

#include "tests/support/temp_folder.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace stemlathe::test {

/// nginx or haproxy in front of a server, with the settings that service/http/proxies recommends.
class Proxy {
  public:
    /// @param name  "nginx" or "haproxy"
    [[nodiscard]] static bool is_installed(std::string const& name);

    /// Starts it and waits until it listens.
    /// @param server_port  of the server behind it, on 127.0.0.1
    /// @throws std::runtime_error it does not start, with its own words
    Proxy(std::string const& name, std::uint16_t server_port);
    Proxy(Proxy const&) = delete;
    Proxy& operator=(Proxy const&) = delete;
    ~Proxy();

    [[nodiscard]] std::uint16_t port() const noexcept {
        return port_;
    }

  private:
    void write_settings(std::string const& name, std::uint16_t server_port) const;
    void start(std::string const& name);
    [[nodiscard]] bool listens() const;

    TempFolder const folder_{};
    std::uint16_t port_;
    pid_t process_ = -1;
};

} // namespace stemlathe::test
