#pragma once

#include "kernels/base/failure.hpp"

#include <cstdint>
#include <string>

namespace stemlathe::service {

/// The queue has no room: the same request may succeed later.
class QueueFull : public Failure {
  public:
    QueueFull(std::string const& sentence, std::int64_t retry_after_s)
        : Failure{Code::storage_full, sentence}, retry_after_s_{retry_after_s} {}

    [[nodiscard]] std::int64_t retry_after_s() const noexcept {
        return retry_after_s_;
    }

  private:
    std::int64_t retry_after_s_;
};

} // namespace stemlathe::service
