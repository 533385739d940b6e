#pragma once

#include "host/model/session.hpp"

#include <vector>

namespace stemlathe {

/// Puts the remarks of comments.txt in the session's folder and those of session.toml into
/// `session.comments`, those about the whole song first, then in order of time; adds findings.
/// Stems, rate and length of the session are known.
/// @param from_toml  as session.toml says them, `stem` a file name, a label or a role
/// @throws Failure{invalid_session} session.toml names a stem that is not there
void load_comments(Session& session, std::vector<Comment> from_toml);

} // namespace stemlathe
