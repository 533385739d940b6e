#include "service/cli/service_options.hpp"

#include <cstdlib>
#include <filesystem>

namespace stemlathe::service {

void ServiceOptions::declare(Arguments& arguments) {
    common.device.clear();
    arguments.option("--config", config);
    arguments.option("--data", data);
    arguments.option("--device", common.device);
    arguments.option("--threads", common.threads);
}

ServerSettings ServiceOptions::settings() const {
    ServerSettings settings;
    settings.agent.threads = common.thread_count();
    if (!config.empty()) {
        read_config(config, settings);
    }
    for (auto const& folder : {from_environment("STEMLATHE_DATA"), data}) {
        settings.data = folder.empty() ? settings.data : std::filesystem::path{folder};
    }
    if (!common.device.empty()) {
        settings.agent.devices = {common.device};
    }
    if (!common.threads.empty()) {
        settings.agent.threads = common.thread_count();
    }
    return settings;
}

std::string from_environment(char const* name) {
    auto const* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): no thread yet
    return value != nullptr ? value : "";
}

} // namespace stemlathe::service
