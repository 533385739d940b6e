#pragma once

#include "tests/service/api/test_api.hpp"

#include <map>
#include <string>

namespace stemlathe::test {

/// One thing of every kind that a path can name, all of one client, and everybody who may ask.
class World {
  public:
    World();

    /// An operation's path with the world's ids in it.
    [[nodiscard]] std::string path_of(Operation const& operation) const;
    /// Orders a further revision, which waits.
    std::string waiting_render();

    TestApi api{};
    std::string session{};
    std::string unapproved{};                    ///< a finished revision
    std::map<std::string, std::string> ids{};    ///< by the name in braces
    std::map<std::string, std::string> tokens{}; ///< by caller: owner, engineer, client, ...
};

/// Upload-Metadata of a stem for a session.
[[nodiscard]] std::string stem_metadata(std::string const& session, std::string const& filename);

} // namespace stemlathe::test
