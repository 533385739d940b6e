#pragma once

#include <string>
#include <vector>

/// Framings that two readers could read in two ways, to be sent with a second request behind them.
namespace stemlathe::test {

struct Probe {
    std::string name{};
    std::string bytes{};
    int status = 0; ///< what the service answers
};

[[nodiscard]] std::vector<Probe> transfer_probes();
[[nodiscard]] std::vector<Probe> length_probes();
[[nodiscard]] std::vector<Probe> line_probes();
[[nodiscard]] std::vector<Probe> target_probes();

} // namespace stemlathe::test
