#pragma once

#include "kernels/base/failure.hpp"
#include "service/http/message.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Every refusal is a problem document (RFC 9457) of a kind that the catalogue explains.
namespace stemlathe::service {

/// The catalogue, a closed list; its names are the last part of the document's `type`.
enum class ProblemKind : std::uint8_t {
    bad_request,
    invalid_document,
    unauthorized,
    forbidden,
    not_found,
    method_not_allowed,
    not_acceptable,
    request_timeout,
    conflict,
    gone,
    stale_version,
    tus_version,
    too_large,
    uri_too_long,
    unsupported_media_type,
    range_not_satisfiable,
    expectation_failed,
    invalid_plan,
    locked,
    version_required,
    too_many_requests,
    queue_full,
    header_too_large,
    checksum_mismatch,
    key_missing,
    key_reused,
    not_approved,
    quota_exceeded,
    internal,
    not_implemented,
    unavailable,
    storage_full,
    wrong_host,
    http_version,
};

struct ProblemEntry {
    ProblemKind kind{};
    std::string_view name{}; ///< "stale-version"
    int status = 0;
    std::string_view title{};
    std::string_view advice{}; ///< what the client can do, for the catalogue's page
    bool retryable = false;    ///< the same request may succeed later
};

[[nodiscard]] std::span<ProblemEntry const> problem_catalogue() noexcept;
[[nodiscard]] ProblemEntry const& entry_of(ProblemKind kind) noexcept;
/// Nothing where the catalogue has no such name.
[[nodiscard]] ProblemEntry const* problem_named(std::string_view name) noexcept;

/// What is wrong with one place of a document; `pointer` as RFC 6901.
struct FieldProblem {
    std::string pointer{};
    std::string message{};
};

/// Ends a request with a problem document. Caught in one place, api/application.cpp.
class Problem : public std::exception {
  public:
    explicit Problem(ProblemKind kind, std::string detail, std::vector<FieldProblem> errors = {});

    Problem&& retry_after(std::int64_t seconds) &&;
    /// A header field of the answer.
    Problem&& with(std::string name, std::string value) &&;
    /// The answer waits for a better one, see Wait.
    Problem&& waiting(std::chrono::milliseconds at_most) &&;

    [[nodiscard]] char const* what() const noexcept override {
        return detail_.c_str();
    }

    [[nodiscard]] ProblemKind kind() const noexcept {
        return kind_;
    }

    /// The answer. @param request_id  is in the document, so that a user can quote it
    [[nodiscard]] Response response(std::string_view request_id) const;

  private:
    ProblemKind kind_;
    std::string detail_;
    std::vector<FieldProblem> errors_;
    std::vector<std::pair<std::string, std::string>> fields_{};
    std::optional<std::int64_t> retry_after_s_ = std::nullopt;
    std::optional<Wait> wait_ = std::nullopt;
};

/// The problem that a Failure of the layers below is to a client.
[[nodiscard]] Problem problem_of(Failure const& failure);

} // namespace stemlathe::service
