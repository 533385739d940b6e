#pragma once

#include "formats/checksum.hpp"
#include "host/codecs/codec_reading.hpp"
#include "host/loudness/meter.hpp"
#include "host/model/session.hpp"
#include "host/report/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// One figure of a measurement, as sheets spell and compare it.
struct QcFigure {
    std::string_view key{}; ///< "integrated_lufs"
    std::optional<double> value = std::nullopt;
    int decimals = 3; ///< that are written
};

/// An audio file of a package.
struct QcFile {
    DeliveredFile file{}; ///< its path is relative to the package's folder
    /// What the second meter read of it.
    std::optional<LoudnessReading> reading = std::nullopt;
    std::optional<CodecReading> codecs = std::nullopt; ///< of what goes to lossy services
};

/// Another file of a package: a CUE sheet, a side sheet.
struct QcCompanion {
    std::string path{}; ///< relative to the package's folder
    std::int64_t bytes = 0;
    Checksums sums{};
};

/// One demand of the delivery's spec and what became of it.
struct QcCheck {
    std::string code{}; ///< as DeliveryFailure's
    std::string path{}; ///< of the file it is about, relative to the package's folder
    std::string what{}; ///< "Integrated loudness"
    std::string unit{};
    std::optional<double> measured = std::nullopt;
    std::optional<double> min = std::nullopt;
    std::optional<double> max = std::nullopt;
    bool pass = true;
    /// Worth knowing, but no demand: a delivery that misses it is within its spec.
    bool is_advice = false;
};

/// How the audio became this package.
struct QcProcessing {
    int session_rate_hz = 0;
    int rate_hz = 0;
    std::optional<int> bit_depth = std::nullopt; ///< of the samples; nullopt: a lossy codec
    Dither dither = Dither::none;
    std::uint64_t seed = 0; ///< of the dither
    std::optional<double> drive_db = std::nullopt;
    double trim_db = 0.0;
    bool may_limit = false;
    double gain_reduction_max_db = 0.0;
    double gain_reduction_mean_db = 0.0;
};

/// The quality-control sheet of one package, `masters/<name>/`: qc.json and qc.pdf say the same.
struct QcSheet {
    EngineReading engine{};
    SessionInfo info{};
    std::string song{}; ///< its title, or the session folder's name
    std::string package{};
    std::string profile{};
    bool within_spec = true;
    std::vector<QcCheck> checks{};
    std::vector<DeliveryFailure> failures{};
    std::vector<std::string> notes{};
    std::optional<double> target_lufs = std::nullopt;
    /// nullopt where it is told elsewhere: an album's files are joined from its songs'.
    std::optional<QcProcessing> processing = std::nullopt;
    std::vector<QcFile> files{};
    std::vector<QcCompanion> companions{};
    std::vector<Finding> intake{}; ///< warnings and what was refused, not what is merely told
    std::int64_t intake_infos = 0; ///< how many findings were
};

/// "masters/streaming": where a delivery's files lie, relative to OUT.
[[nodiscard]] std::string package_folder(DeliveryPlan const& plan);

/// The sheet of one of the report's deliveries, its companions still missing.
[[nodiscard]] QcSheet qc_sheet(MasteringReport const& report, DeliveryReport const& delivery);

/// Another delivery of the same package: a version that lies beside its master.
void add_delivery(QcSheet& sheet, DeliveryReport const& delivery);

/// What the spec demands, and whether the reading meets it.
[[nodiscard]] std::vector<QcCheck> qc_checks(DeliveryReport const& delivery);

/// Whether `measured` lies within the check's limits; nothing measured breaks no limit.
[[nodiscard]] bool meets(QcCheck const& check, std::optional<double> measured) noexcept;

/// The reading's figures of the whole file, in the order of sheets.
[[nodiscard]] std::vector<QcFigure> figures_of(LoudnessReading const& reading);

/// And those of one channel.
[[nodiscard]] std::vector<QcFigure>
channel_figures_of(LoudnessReading const& reading, std::size_t channel);

/// "L" and "R", or "Mono".
[[nodiscard]] std::string_view channel_name(std::size_t channel, std::size_t channels) noexcept;

/// "00:03:25.480": hours, minutes, seconds, milliseconds.
[[nodiscard]] std::string duration_text(double seconds);

} // namespace stemlathe
