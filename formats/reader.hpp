#pragma once

#include "formats/media.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace stemlathe {

/// An audio file as a stream of packed samples. Opening it checks what can be checked without
/// decoding everything, so that a job does not fail halfway. What needs decoding is decoded in a
/// locked process of its own (formats/jail): a hostile file can at worst lose itself.
class Reader {
  public:
    /// @throws Failure{not_found} it does not exist; MediaFailure (code unreadable) it is a folder,
    /// empty, not audio, cut off, damaged, a codec that is not supported or not among `kinds`, or
    /// beyond a limit (limits.hpp); {internal} there is no decoder, or it cannot be locked in
    explicit Reader(std::filesystem::path const& path, AudioKinds kinds = AudioKinds::any);
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;
    ~Reader();

    [[nodiscard]] MediaInfo const& info() const noexcept;

    /// Reads the next frames: interleaved, little-endian, in info().packed with info().channels.
    /// @param into    room for at least `frames` frames
    /// @returns frames read; fewer than asked only at the end, then 0
    /// @throws MediaFailure{truncated} a lossless file ends before info().frames; lossy files may,
    /// since their length is partly an estimate; {unreadable} decoding it failed
    std::int64_t read(std::span<std::byte> into, std::int64_t frames);

    /// The next read begins at `frame`, 0 to info().frames.
    void seek(std::int64_t frame);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace stemlathe
