#include "service/cli/printed_report.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

namespace stemlathe::service {

void print_warnings(MasteringReport const& report) {
    for (auto const& finding : report.findings) {
        if (finding.severity != Severity::info) {
            fmt::print("{}: {}\n", name_of(finding.severity), finding.message);
        }
    }
}

void print_speed(MasteringReport const& report) {
    auto const& timing = report.timing;
    fmt::print(
        "{:.1f} s of music in {:.2f} s: {:.0f}x realtime on {}.\n",
        timing.audio_s,
        timing.wall_s,
        timing.wall_s > 0.0 ? timing.audio_s / timing.wall_s : 0.0,
        report.engine.device
    );
}

void print_report_json(std::filesystem::path const& out) {
    std::ifstream file{out / "report.json", std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    fmt::print("{}", text);
}

} // namespace stemlathe::service
