#pragma once

#include "service/cli/arguments.hpp"
#include "service/client/submit.hpp"

#include <string>
#include <vector>

namespace stemlathe::service {

/// What is asked of a service beside the session's files: for `submit` and `watch`.
class SubmitOptions {
  public:
    void declare(Arguments& arguments);

    /// @param session  the folder, where it is known yet: its own profiles.toml counts
    /// @throws Failure{invalid_argument, not_found} that names the option and what would be right
    [[nodiscard]] SubmitWish wish(std::string const& session = {}) const;

  private:
    std::string plan_{};
    std::vector<std::string> deliver_{};
    std::vector<std::string> versions_{};
    std::string version_peaks_{};
    std::string preset_{};
    std::string client_{};
    std::string class_ = "normal";
    bool force_ = false;
};

} // namespace stemlathe::service
