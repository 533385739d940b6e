#pragma once

#include "formats/tags.hpp"
#include "formats/writer.hpp"
#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "host/pipeline/delivery_name.hpp"
#include "host/pipeline/source.hpp"

#include <string>

namespace stemlathe {

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

/// What the file says about the song, as far as the plan's metadata switches let it.
[[nodiscard]] Tags tags_of(DeliveryPlan const& plan, Session const& session);

/// Fills a file up to what was expected of it: CD sectors, with digital silence.
/// @param frames  what was written
void pad_with_silence(Writer& writer, EncodeSettings const& settings, std::int64_t frames);

/// The CUE sheet that goes with `wave_file`.
[[nodiscard]] std::string
cue_for(DeliveryPlan const& plan, Session const& session, std::string const& wave_file);

} // namespace stemlathe
