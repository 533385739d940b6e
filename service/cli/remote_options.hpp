#pragma once

#include "service/cli/arguments.hpp"
#include "service/cli/progress_line.hpp"
#include "service/client/remote.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// What every command that speaks to a service can be told. Text until asked for.
struct RemoteOptions {
    std::string server{}; ///< empty: STEMLATHE_SERVER
    std::string token{};  ///< empty: STEMLATHE_TOKEN
    std::string ca{};     ///< empty: STEMLATHE_CA
    std::string retry_for{};
    bool json = false;
    bool quiet = false;

    void declare(Arguments& arguments);

    /// @param progress  is cleared before a notice; both go to stderr
    /// @throws Failure{invalid_argument} no server, or an address that is none, or --ca names
    /// no file that can be read
    [[nodiscard]] RemoteSettings settings(std::string_view command, ProgressLine& progress) const;
};

/// @throws Failure{invalid_argument} `id` begins with none of the prefixes, or holds what no id
/// does
void require_id(
    std::string_view what, std::string const& id, std::initializer_list<std::string_view> prefixes
);

} // namespace stemlathe::service
