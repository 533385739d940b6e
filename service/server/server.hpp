#pragma once

#include "service/server/settings.hpp"

#include <memory>
#include <stop_token>
#include <string>

namespace stemlathe::service {

/// One machine's whole service: store, blobs, queue, API, HTTP front and worker, all below one
/// folder.
class Server {
  public:
    /// Repairs what a death left, then listens and works.
    /// @throws Failure{invalid_argument} the folder is in use, the address is taken, a newer
    /// stemlathe has been here; {storage_full, storage_failed}
    explicit Server(ServerSettings settings);
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;
    ~Server();

    /// "http://127.0.0.1:8080", "https://..." with TLS
    [[nodiscard]] std::string address() const;

    /// The address of a page that makes the first owner's token; empty where there is one.
    [[nodiscard]] std::string sign_in_address();

    /// Reads the files of `[tls]` anew; what is wrong with them is told in the log. From any
    /// thread.
    void reload();

    /// Serves until somebody asks to stop; then takes no new renders, lets running ones finish
    /// within the drain time or gives them back, finishes requests, and returns.
    void run(std::stop_token const& stop);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace stemlathe::service
