#pragma once

#include "host/intake/block_check.hpp"
#include "host/model/session.hpp"

#include <memory>

/// The checks in the time domain, one file each; the codes are those of the findings (contract,
/// section 3). Every stem must outlive its check.
namespace stemlathe::intake {

/// bus_limited
[[nodiscard]] std::unique_ptr<BlockCheck> make_bus_limited_check(Stem const& stem);
/// bus_limited, of the reference mix
[[nodiscard]] std::unique_ptr<BlockCheck> make_reference_limited_check(Stem const& reference);
/// correlation, channel_polarity
[[nodiscard]] std::unique_ptr<BlockCheck> make_correlation_check(Stem const& stem);
/// dc_offset
[[nodiscard]] std::unique_ptr<BlockCheck> make_dc_offset_check(Stem const& stem);
/// dead_channel
[[nodiscard]] std::unique_ptr<BlockCheck> make_dead_channel_check(Stem const& stem);
/// denormals; floating point only
[[nodiscard]] std::unique_ptr<BlockCheck> make_denormals_check(Stem const& stem);
/// dropout
[[nodiscard]] std::unique_ptr<BlockCheck> make_dropout_check(Stem const& stem);
/// click, cut_tail
[[nodiscard]] std::unique_ptr<BlockCheck> make_edges_check(Stem const& stem);
/// clipped_samples, clipped_below_full_scale
[[nodiscard]] std::unique_ptr<BlockCheck> make_flat_tops_check(Stem const& stem);
/// silent, low_level
[[nodiscard]] std::unique_ptr<BlockCheck> make_level_check(Stem const& stem);
/// mono_as_stereo
[[nodiscard]] std::unique_ptr<BlockCheck> make_mono_as_stereo_check(Stem const& stem);
/// over_full_scale; floating point only
[[nodiscard]] std::unique_ptr<BlockCheck> make_over_full_scale_check(Stem const& stem);
/// repeated_buffer
[[nodiscard]] std::unique_ptr<BlockCheck> make_repeated_buffer_check(Stem const& stem);

} // namespace stemlathe::intake
