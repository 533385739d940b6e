#pragma once

#include "formats/reader.hpp"
#include "host/model/session.hpp"
#include "kernels/backend.hpp"

#include <memory>
#include <vector>

namespace stemlathe {

/// The stretch of the song that a job works on, in frames at the session's rate.
struct Window {
    std::int64_t from_frame = 0;
    std::int64_t frames = 0;
};

/// One stem as conformed audio: decoded, both channels, at the session's rate, at its place in the
/// song, filled with silence before and after. Every stage behind it sees one shape of audio.
class StemSource {
  public:
    /// @throws Failure{unreadable} if the file cannot be opened any more
    StemSource(Stem const& stem, Session const& session, Window const& window, Backend& backend);

    /// The next frames, so that about `target` frames of the window have come out in all (a
    /// converter may lag). Ends at exactly window.frames once `target` reaches it. The view is
    /// valid until the next call.
    /// @throws Failure{not_a_number} or {unreadable}, naming the stem
    [[nodiscard]] AudioView advance(std::int64_t target);

    [[nodiscard]] bool is_done() const noexcept {
        return produced_ >= window_.frames;
    }

    /// What the last `advance` read of the file, as the file holds it; empty where it read nothing.
    /// Valid until the next call.
    [[nodiscard]] PackedAudio const& last_read() const noexcept {
        return last_read_;
    }

    /// The file's frame at which last_read() begins.
    [[nodiscard]] std::int64_t last_read_frame() const noexcept {
        return reader_.info().frames - to_read_ - last_read_.frames;
    }

  private:
    [[nodiscard]] AudioView silence(std::int64_t frames);
    [[nodiscard]] AudioView audio(std::int64_t target);
    [[nodiscard]] AudioView placed(AudioView view);
    [[nodiscard]] AudioView decode(std::int64_t frames);

    std::string file_;
    Window window_;
    Backend& backend_;
    Reader reader_;
    std::unique_ptr<Unpacker> unpacker_;
    std::unique_ptr<Stage> resampler_; ///< nullptr where the rates agree
    ResampleSettings rates_;
    std::int64_t lead_frames_ = 0; ///< silence before the first audio
    std::int64_t produced_ = 0;
    std::int64_t to_read_ = 0;     ///< frames of the file that are left
    std::int64_t file_frames_ = 0; ///< frames of the file to read in all
    bool drained_ = false;
    std::vector<std::byte> packed_;
    PackedAudio last_read_{};
    std::vector<float> zeros_;
    AudioBuffer silence_;
};

} // namespace stemlathe
