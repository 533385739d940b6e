#pragma once

#include "host/intake/null_fit.hpp"
#include "host/intake/shifted_source.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stemlathe {

/// What is common to all steps of the null test.
struct NullContext {
    Session const& session;
    Window const& window;
    Column const& reference; ///< at shift 0
    Backend& backend;
    Run& run;
};

[[nodiscard]] Column stem_column(std::size_t stem, std::int64_t lag, NullContext const& context);

/// Every stem, moved by its lag.
[[nodiscard]] std::vector<Column>
stem_columns(std::vector<std::int64_t> const& lags, NullContext const& context);

/// The reference mix where it lies in step with the stems, which it lags by `offset`.
[[nodiscard]] Column reference_column(std::int64_t offset, NullContext const& context);

/// Reads stems and reference once: the stems as sent, those with a lag again where they are thought
/// to lie, and the reference moved by -offset.
[[nodiscard]] NullProducts measure_null(
    std::vector<std::int64_t> const& lags, std::int64_t offset, NullContext const& context
);

/// Blocks of the window in which the reference, moved by -offset, is there from start to end.
[[nodiscard]] BlockRange
common_blocks(ProductBlocks const& products, std::int64_t offset, NullContext const& context);

/// A moment in the song as people say it: "1:02.3".
[[nodiscard]] std::string clock_words(double seconds);

} // namespace stemlathe
