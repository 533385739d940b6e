#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace stemlathe {

/// The loudness words of a Broadcast Wave file, version 2 (EBU Tech 3285 section 2.4). Empty: not
/// measured. Stored in hundredths, nearest; beyond +-99.99 counts as not measured.
struct LoudnessWords {
    std::optional<double> integrated_lufs{};
    std::optional<double> range_lu{};
    std::optional<double> true_peak_max_dbtp{};
    std::optional<double> momentary_max_lufs{};
    std::optional<double> short_term_max_lufs{};
};

/// The bext chunk (EBU Tech 3285, version 2). Texts are UTF-8 here and ASCII in the file, cut to
/// the length given. No clock is read: date and time stay blank unless set.
struct BroadcastInfo {
    std::string description{};          ///< 256
    std::string originator{};           ///< 32
    std::string originator_reference{}; ///< 32; empty: Writer takes it from the audio
    std::string origination_date{};     ///< yyyy-mm-dd or empty
    std::string origination_time{};     ///< hh:mm:ss or empty
    /// Position of the first frame, counted from midnight at this file's rate.
    std::int64_t time_reference_frames = 0;
    LoudnessWords loudness{};
    /// One line per generation, each ended by CR LF (EBU R 98), the last one for this file:
    /// "A=PCM,F=48000,W=24,M=stereo,T=stemlathe\r\n".
    std::string coding_history{};
};

/// The bext chunk of a WAV or RF64 file; nothing where there is none.
/// @throws Failure{not_found}, MediaFailure if the file is not a readable WAV
[[nodiscard]] std::optional<BroadcastInfo> read_broadcast_info(std::filesystem::path const& path);

/// Writes the five words into the bext chunk of a finished file, in place: the words are
/// measured from the very file that holds them. Whoever publishes the file syncs it.
/// @throws Failure{unreadable} the file has no bext chunk; {storage_full, storage_failed}
void patch_broadcast_loudness(std::filesystem::path const& path, LoudnessWords const& loudness);

} // namespace stemlathe
