#pragma once

#include "service/cli/arguments.hpp"
#include "service/cli/common_options.hpp"
#include "service/server/settings.hpp"

#include <string>

namespace stemlathe::service {

/// What `serve` and `worker` are told alike. Text until asked for.
struct ServiceOptions {
    std::string config{};
    std::string data{};
    CommonOptions common{};

    void declare(Arguments& arguments);

    /// The defaults, then the file, then the environment, then the options.
    /// @throws Failure{not_found, invalid_argument}
    [[nodiscard]] ServerSettings settings() const;
};

/// Empty where there is none. Before any thread.
[[nodiscard]] std::string from_environment(char const* name);

} // namespace stemlathe::service
