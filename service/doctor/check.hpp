#pragma once

#include "service/tls/certificate.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What is right and wrong with a machine.
namespace stemlathe::service {

/// Whether the service runs: well; with a loss that is named; not at all, or not safely.
enum class Verdict { ok, warn, fail };

/// "ok", "warn", "fail"
[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;

struct Check {
    std::string name{};
    Verdict verdict = Verdict::ok;
    std::string message{}; ///< what was found, and where that is not well, what to do
};

struct DoctorSettings {
    std::filesystem::path data{};          ///< where the service shall keep everything
    std::string listen = "127.0.0.1:8080"; ///< address and port
    TlsFiles tls{};                        ///< none: nothing is said of a certificate
};

/// Looks at the machine, in the order in which people read it. Writes one small file in the data
/// folder, or beside where it would be, and removes it. Throws nothing: what cannot be found out
/// is a finding.
[[nodiscard]] std::vector<Check> examine(DoctorSettings const& settings);

} // namespace stemlathe::service
