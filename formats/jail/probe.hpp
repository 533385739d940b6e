#pragma once

#include "formats/media.hpp"
#include "kernels/base/pcm_format.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace stemlathe {

/// What a file is, and what all of its audio looks like.
struct ProbeResult {
    MediaInfo media{};
    std::int64_t decoded_frames = 0; ///< media.frames, save in lossy files, which estimate that
    std::int64_t bad_samples = 0;    ///< NaN and Inf
    std::optional<std::int64_t> first_bad_frame{};
    /// Of each channel, bad samples left out; nothing where it is digital silence.
    std::vector<std::optional<double>> sample_peak_dbfs{};

    [[nodiscard]] bool is_silent() const noexcept;
    [[nodiscard]] double duration_s() const noexcept;
};

/// Gets the audio of a lossless file that holds no bad sample, piece after piece, as Reader would
/// give it. The bytes are the decoder's word: of any value, even where the result says otherwise.
using ProbeListener =
    std::function<void(ProbeResult const&, PackedAudio const&, std::int64_t first_frame)>;

struct ProbeSettings {
    AudioKinds kinds = AudioKinds::any;
    std::chrono::milliseconds time_limit{120'000};
    std::stop_token stop{}; ///< looked at ten times a second
    ProbeListener listener{};
};

/// Reads a whole file in a locked process (jail.hpp), header included: for a caller who must never
/// parse audio himself. Its result was checked: every number is in range.
/// @throws MediaFailure (code unreadable) as Reader, also where the file cannot be decoded within
/// the time limit; Failure{not_found} no such file; {storage_failed}; {internal} as Reader;
/// {cancelled} it was asked to stop
[[nodiscard]] ProbeResult
probe(std::filesystem::path const& path, ProbeSettings const& settings = {});

/// As above, of an open regular file; its position stays as it is.
/// @param name  how messages call it; its extension says what it should be
[[nodiscard]] ProbeResult
probe(int descriptor, std::filesystem::path const& name, ProbeSettings const& settings = {});

} // namespace stemlathe
