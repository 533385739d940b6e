#pragma once

#include "host/report/report.hpp"

#include <filesystem>

namespace stemlathe::service {

/// What intake found and a person must know, a line each.
void print_warnings(MasteringReport const& report);

/// "180.0 s of music in 2.13 s: 84x realtime on cpu/x86-64-v3."
void print_speed(MasteringReport const& report);

/// The report as it lies in OUT, byte for byte.
void print_report_json(std::filesystem::path const& out);

} // namespace stemlathe::service
