#pragma once

#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <filesystem>

namespace stemlathe::service {

/// Columns of review/peaks.json: what a page as wide as a screen can show.
inline constexpr std::int64_t kPeakColumns = 4000;

/// Makes what a browser plays before anything is released: out/review/review.mp3, 192 kbit/s, of
/// a master, and out/review/peaks.json {"duration_s", "low": [...], "high": [...]}, the least and
/// the greatest sample of each column.
/// @throws Failure{cancelled, unreadable, storage_full, storage_failed}
void make_review(
    std::filesystem::path const& master,
    std::filesystem::path const& out,
    Backend& backend,
    Run& run
);

} // namespace stemlathe::service
