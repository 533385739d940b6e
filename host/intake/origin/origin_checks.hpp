#pragma once

#include "host/intake/block_check.hpp"
#include "host/intake/stem_check.hpp"

#include <memory>

/// Where a stem's material comes from. Each outlived by its stem.
namespace stemlathe::intake {

/// Whether a stem was at a lower sample rate (`upsampled`) or in a lossy codec (`lossy_source`)
/// before: its spectrum ends where those end. Both are likelihoods and are said as such. AAC from
/// 256 kbit/s on leaves no edge, and dark sounds show none.
[[nodiscard]] std::unique_ptr<StemCheck> make_spectral_origin_check(Stem const& stem);

/// Whether a stem of 24 bits or float holds fewer (`padded_bit_depth`): 8 to 20 bits with zeros
/// behind them, or 16 bits that were changed in level without dither. 24 bits in a float file are
/// all that is asked for. Stops looking as soon as finer steps were seen, so good stems cost next
/// to nothing.
[[nodiscard]] std::unique_ptr<StemCheck> make_bit_depth_check(Stem const& stem);

/// Whether noise is heard in the pauses (`noise_floor`, above -60 dBFS and 20 dB or more under what
/// is played), or a stem is nothing else (`noise_only`). Noise is what keeps its level for 1.2 s
/// and has no lines in its spectrum; stems of effects may be made of it and are not judged.
[[nodiscard]] std::unique_ptr<BlockCheck> make_noise_check(Stem const& stem);

/// Whether a power line is heard in the quietest five seconds (`hum`, above -80 dBFS).
[[nodiscard]] std::unique_ptr<BlockCheck> make_hum_check(Stem const& stem);

} // namespace stemlathe::intake
