#pragma once

#include "host/pipeline/source.hpp"
#include "host/run.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// A stem, or a reference mix, moved against its place in the song.
struct Column {
    Stem stem{};
    std::int64_t shift_frames = 0; ///< at the session's rate; positive: later
};

/// One column as conformed audio. As StemSource, but exact to the sample for every shift: where a
/// converter has to begin inside a file, it begins where its phases repeat, and early enough to
/// have warmed up.
class ShiftedSource {
  public:
    /// @throws Failure{unreadable} if the file cannot be opened
    ShiftedSource(
        Column const& column, Session const& session, Window const& window, Backend& backend
    );

    /// As StemSource::advance.
    [[nodiscard]] AudioView advance(std::int64_t target);

    [[nodiscard]] bool is_done() const noexcept {
        return source_.is_done();
    }

  private:
    std::int64_t lead_frames_; ///< come out of the source before the window begins
    std::int64_t produced_ = 0;
    StemSource source_;
};

/// Views in host memory, whatever memory they come from.
class HostViews {
  public:
    /// @returns the same frames, valid until the next call
    [[nodiscard]] std::span<AudioView const> of(std::span<AudioView const> views, Backend& backend);

  private:
    std::vector<std::vector<float>> samples_;
    std::vector<AudioView> views_;
};

/// Columns over a whole window, piece by piece: `take` gets views in host memory, as many as there
/// are columns; they may advance at different paces.
void read_columns(
    std::span<Column const> columns,
    Session const& session,
    Window const& window,
    std::function<void(std::span<AudioView const>)> const& take,
    Backend& backend,
    Run& run
);

/// A short window of one column: stereo, exactly 2 * window.frames values.
[[nodiscard]] std::vector<float>
read_stretch(Column const& column, Session const& session, Window const& window, Backend& backend);

} // namespace stemlathe
