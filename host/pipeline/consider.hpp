#pragma once

#include "host/comments/comment.hpp"
#include "host/masking/listening.hpp"
#include "host/masking/masking_reading.hpp"
#include "host/pipeline/admit.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace stemlathe {

struct ConsiderSettings {
    Listening listening{};
    bool fix = true;                 ///< try masking fixes and keep those that stand the test
    bool apply_comments = false;     ///< put what is proposed for comments into the plan
    std::filesystem::path margins{}; ///< a table of every margin; empty: none
    double percent = 50.0;           ///< share of the whole job that this is
};

/// What listening to the stems led to.
struct Considered {
    MasteringPlan plan{}; ///< with what was accepted
    std::optional<MaskingReading> masking = std::nullopt;
    std::optional<std::vector<CommentReading>> comments = std::nullopt; ///< nullopt: there are none
};

/// Listens to the stems as the plan processes them: who covers whom and what helps, and what the
/// client's comments are about.
/// @param written  the plan as the user wrote it: what it leaves out is ours to decide
[[nodiscard]] Considered consider(
    Admitted const& admitted,
    MasteringPlan const& written,
    Survey const& surveyed,
    ConsiderSettings const& settings,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
