#pragma once

#include "formats/tags.hpp"
#include "formats/writer.hpp"
#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "host/pipeline/source.hpp"
#include "host/report/report.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace stemlathe {

/// `text` in the letters that every plant, shop and file system takes: A-Z a-z 0-9 - and _; words
/// are joined with capitals ("Night drive" -> "NightDrive"), accents dropped, at most 40 letters.
[[nodiscard]] std::string file_safe(std::string_view text);

/// "masters/cd/Artist_Title_cd_44k16.wav", relative to OUT. Without a title the session folder's
/// name stands for it. `extra` goes before the rate ("01_Drums" for stems).
[[nodiscard]] std::filesystem::path
delivery_path(DeliveryPlan const& plan, Session const& session, std::string_view extra = {});

/// How the delivery is encoded. @param frames  exact
[[nodiscard]] EncodeSettings encode_settings(
    DeliveryPlan const& plan, Session const& session, Window const& window, std::int64_t frames
);

[[nodiscard]] QuantiseSettings quantise_settings(DeliveryPlan const& plan);

/// Frames of a delivery whose audio has `frames`: whole sectors on CD, else the same.
[[nodiscard]] std::int64_t padded_frames(DeliveryPlan const& plan, std::int64_t frames) noexcept;

/// An upper estimate of the bytes that the delivery's files take.
[[nodiscard]] std::int64_t
expected_bytes(DeliveryPlan const& plan, Session const& session, Window const& window) noexcept;

[[nodiscard]] Tags tags_of(Session const& session);

/// The title, or the session folder's name where there is none.
[[nodiscard]] std::string song_name(Session const& session);

/// Fills a file up to what was expected of it: CD sectors, with digital silence.
/// @param frames  what was written
void pad_with_silence(Writer& writer, EncodeSettings const& settings, std::int64_t frames);

/// The CUE sheet that goes with `wave_file`.
[[nodiscard]] std::string cue_for(Session const& session, std::string const& wave_file);

/// The sheet for the cutting room: what the file is, how long and how loud, what was done, and how
/// the length fits a side.
[[nodiscard]] std::string
side_sheet(DeliveryReport const& report, Session const& session, std::string const& wave_file);

} // namespace stemlathe
