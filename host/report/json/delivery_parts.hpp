#pragma once

#include "host/report/report.hpp"

#include <boost/json/array.hpp>

#include <vector>

/// What report.json, album.json and qc.json say of a delivery in the same words.
namespace stemlathe {

/// Why a delivery is not within its specification.
[[nodiscard]] boost::json::array failure_objects(std::vector<DeliveryFailure> const& failures);

/// What a cutting room would check of a vinyl master.
[[nodiscard]] boost::json::array cut_objects(std::vector<CutCheck> const& checks);

} // namespace stemlathe
