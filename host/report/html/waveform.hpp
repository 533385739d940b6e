#pragma once

#include <string>
#include <vector>

namespace stemlathe::html {

/// The envelope of a stem, mirrored about the middle line, filling its lane; a line for silence.
/// @param peak  largest |sample| of evenly spaced stretches, any scale
/// @param name  of the stem, escaped
[[nodiscard]] std::string waveform(std::vector<float> const& peak, std::string const& name);

} // namespace stemlathe::html
