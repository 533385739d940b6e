#pragma once

#include "service/api/call.hpp"
#include "service/store/database.hpp"

#include <optional>
#include <string>
#include <string_view>

/// Things by the ids of a path. What another client owns is not there: 404, never 403.
namespace stemlathe::service {

/// One row that was found.
class Found {
  public:
    explicit Found(Rows rows) : rows_{std::move(rows)} {}

    [[nodiscard]] Row const* operator->() const {
        return &rows_.front();
    }

    [[nodiscard]] Row const& operator*() const {
        return rows_.front();
    }

  private:
    Rows rows_;
};

/// The session of the path's {session}. @throws Problem{not_found}
[[nodiscard]] Found session_of(Call const& call);

/// A thing of the path's session, by the path's value of that name: {stem}, {plan}, {comment}, ...
/// @param table  one of stem, plan, comment, round, approval, share, delivery
[[nodiscard]] Found part_of_session(Call const& call, std::string_view table);

/// The render of the path's {render} with its job: `state`, `progress`, `stage`, `error`, `result`,
/// ... of the job, and `id`, `session`, `revision`, ... of the render.
[[nodiscard]] Found render_of(Call const& call);
/// The same by id, within one session.
[[nodiscard]] Found
render_named(Call const& call, std::string const& session, std::string const& render);

/// The tenant that new things belong to: the caller's own, or the one that the house names.
[[nodiscard]] std::string tenant_for(Call const& call, std::optional<std::string> const& client);

/// The approval of a render that stands, or nothing.
[[nodiscard]] std::optional<std::string>
standing_approval(Call const& call, std::string const& render);

} // namespace stemlathe::service
