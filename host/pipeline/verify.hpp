#pragma once

#include "host/pipeline/delivery_render.hpp"
#include "host/report/report.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace stemlathe {

/// Takes the second meter's reading of a finished delivery's file: writes what is known only now
/// into the file (bext loudness words, ReplayGain tags), compares every figure with the profile and
/// adds failures, the file's description and SHA-256 to `report`.
/// @param report  with its reading
/// @param path  relative to OUT, for the report; `file` is where it lies now
/// @param frames  what the file must hold
void verify_delivery(
    DeliveryReport& report,
    Session const& session,
    std::filesystem::path const& file,
    std::filesystem::path const& path,
    std::int64_t frames
);

/// Adds what lossy services make of the file, and a note where they overshoot: that breaks no
/// profile, but somebody should know.
void take_codecs(DeliveryReport& report, std::optional<CodecReading> reading);

/// Writes what was measured of a WAV into its bext chunk.
void write_loudness_words(std::filesystem::path const& file, LoudnessReading const& reading);

/// What is said of a delivered file: container, size and checksums of `file`.
/// @param path  relative to OUT, as the report names it
[[nodiscard]] DeliveredFile
describe_file(std::filesystem::path const& file, std::filesystem::path const& path);

/// What another render must do differently so that the file meets its limit and, where an encoder
/// changed the level, its loudness; nullopt where it does already or nothing can be done.
[[nodiscard]] std::optional<Correction>
correction_for(DeliveryReport const& report, Correction const& so_far);

/// What the file's true peak may reach; nullopt: anything.
[[nodiscard]] std::optional<double> peak_limit(DeliveryReport const& report);

/// Adds a stem's file, whose length alone must be right: stems have no loudness to meet.
void add_stem_file(DeliveryReport& report, DeliveredFile file, std::int64_t frames);

/// Failures of a reading against the delivery's own spec; contract section 5.
[[nodiscard]] std::vector<DeliveryFailure> shortfalls(DeliveryReport const& report);

} // namespace stemlathe
