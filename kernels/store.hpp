#pragma once

#include "kernels/base/audio.hpp"

#include <filesystem>

namespace stemlathe {

struct StoreSettings {
    std::int64_t frames_expected = 0;
    std::filesystem::path
        scratch_directory; ///< where an unlinked file is made if memory is no place for it
};

/// Audio that must be read more than once: in device memory or RAM where it fits a fixed budget,
/// else in an unlinked scratch file read in windows, so resident memory does not grow with the
/// song.
class AudioStore {
  public:
    AudioStore() = default;
    AudioStore(AudioStore const&) = delete;
    AudioStore& operator=(AudioStore const&) = delete;
    virtual ~AudioStore() = default;

    /// Adds frames at the end. @throws Failure{storage_full}
    virtual void append(AudioView input) = 0;

    /// No more appends; from here on `read` may be called from several threads.
    virtual void seal() = 0;

    [[nodiscard]] virtual std::int64_t frames() const = 0;

    /// Frames [position, position + count), cut at the end. `window` is room that the caller lends
    /// (it grows as needed); the view is valid while the window is not used again.
    [[nodiscard]] virtual AudioView
    read(std::int64_t position, std::int64_t count, AudioBuffer& window) const = 0;
};

} // namespace stemlathe
