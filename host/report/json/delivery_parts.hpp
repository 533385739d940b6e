#pragma once

#include "host/report/report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <vector>

/// What report.json, album.json and qc.json say of a delivery in the same words.
namespace stemlathe {

/// Why a delivery is not within its specification.
[[nodiscard]] boost::json::array failure_objects(std::vector<DeliveryFailure> const& failures);

/// What a cutting room would check of a vinyl master.
[[nodiscard]] boost::json::array cut_objects(std::vector<CutCheck> const& checks);

/// What lossy services make of the file's true peak; null for what does not go there.
[[nodiscard]] boost::json::value codecs_value(std::optional<CodecReading> const& reading);

} // namespace stemlathe
