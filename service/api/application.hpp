#pragma once

#include "service/api/problem.hpp"
#include "service/api/router.hpp"
#include "service/api/services.hpp"
#include "service/http/message.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// The application that is hungry for uploads: makes the sink for an upload's body.
class UploadDoor {
  public:
    UploadDoor() = default;
    UploadDoor(UploadDoor const&) = delete;
    UploadDoor& operator=(UploadDoor const&) = delete;
    virtual ~UploadDoor() = default;

    /// @throws Problem, Failure: the body is not read then
    [[nodiscard]] virtual std::unique_ptr<BodySink> receive(Call const& call) = 0;
};

struct ApiSettings {
    std::string admin_token_hash{};    ///< of STEMLATHE_ADMIN_TOKEN; empty: none
    std::function<void()> committed{}; ///< something was changed
    /// Runs work on the application thread, from another one, and waits for it.
    std::function<void(std::function<void()> const&)> on_application_thread{};
    std::function<void(std::string_view request_id, std::exception const&)> report_error{};
};

/// The API behind the HTTP front: finds the operation, checks who asks, and lets its handler
/// answer. A handler of a changing operation runs inside one transaction with the record of its
/// Idempotency-Key; an answer below 400 commits it, anything else undoes it.
class ApiApplication final : public Application {
  public:
    ApiApplication(
        Services& services, std::span<Route const> routes, UploadDoor& uploads, ApiSettings settings
    );

    [[nodiscard]] Admission admit(Request& head) override;
    [[nodiscard]] Response answer(Request const& request) override;
    [[nodiscard]] Response
    refuse(Request const& request, RefusalKind const& kind, std::string_view detail) override;

  private:
    struct Found;
    class PreparedAnswer;
    [[nodiscard]] Found find(Request& request) const;
    [[nodiscard]] Found find_for(Request& head, Request& matched);
    void count_request(Request& head, Principal const& who);
    [[nodiscard]] Response answer_call(Route const& route, Call const& call);
    template <typename Work>
    [[nodiscard]] Response guarded(Request const& request, Work const& work);
    void note_if_refused(
        Request const& request, Response const& response, std::optional<ProblemKind> why
    );
    template <typename Work>
    [[nodiscard]] Response caught(Request const& request, Work const& work);

    Services& services_;
    std::span<Route const> routes_;
    UploadDoor& uploads_;
    ApiSettings settings_;
};

} // namespace stemlathe::service
