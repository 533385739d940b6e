#pragma once

#include "kernels/base/failure.hpp"

#include <exception>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// A failure on the way to a service, or a service's "no". It has a name of its own beside the
/// code, which says how the program ends.
class RemoteFailure : public Failure {
  public:
    /// @param name  outlives the failure
    RemoteFailure(std::string_view name, Code code, std::string const& sentence)
        : Failure{code, sentence}, name_{name} {}

    /// "unreachable", "forbidden", else the code's name: what JSON calls it.
    [[nodiscard]] std::string_view name() const noexcept {
        return name_;
    }

  private:
    std::string_view name_;
};

/// The service does not answer, or not as one; the same may succeed later.
[[nodiscard]] RemoteFailure unreachable(std::string const& sentence);

/// The caller is not known there, or may not do that.
[[nodiscard]] RemoteFailure forbidden(std::string const& sentence);

[[nodiscard]] bool is_unreachable(std::exception const& failure) noexcept;

} // namespace stemlathe::service
