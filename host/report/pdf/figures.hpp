#pragma once

#include "host/qc/sheet.hpp"
#include "host/report/pdf/flow.hpp"

#include <vector>

namespace stemlathe::pdf {

/// Loudness and peaks of a file.
[[nodiscard]] std::vector<Group> level_groups(LoudnessReading const& reading);

/// What came back from lossy codecs.
[[nodiscard]] Group codec_group(CodecReading const& reading);

/// Stereo image, noise and silence.
[[nodiscard]] std::vector<Group> signal_groups(QcFile const& file);

/// How the audio became this package.
[[nodiscard]] Group processing_group(QcProcessing const& processing);

/// "-14.02 LUFS"; "not measurable" where silence leaves nothing.
[[nodiscard]] std::string amount(std::optional<double> value, int decimals, std::string_view unit);

} // namespace stemlathe::pdf
