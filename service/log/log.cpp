#include "service/log/log.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>

namespace stemlathe::service {

namespace {

constexpr std::string_view name_of(LogLevel level) noexcept {
    switch (level) {
    case LogLevel::info:
        return "info";
    case LogLevel::warning:
        return "warning";
    case LogLevel::error:
        return "error";
    }
    return "";
}

/// "2026-11-26T08:12:03.123Z" (RFC 3339).
std::string now_text() {
    auto const now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    auto const seconds = std::chrono::floor<std::chrono::seconds>(now);
    auto const time = std::chrono::system_clock::to_time_t(seconds);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(time), (now - seconds).count());
}

/// The one sink. It writes what it is given; the line is made here.
spdlog::logger& sink() {
    static auto const logger = [] {
        auto made = std::make_shared<spdlog::logger>(
            "stemlathe", std::make_shared<spdlog::sinks::stderr_sink_mt>()
        );
        made->set_pattern("%v");
        made->flush_on(spdlog::level::info);
        return made;
    }();
    return *logger;
}

} // namespace

void log(LogLevel level, std::string_view event, boost::json::object const& fields) {
    boost::json::object line{{"at", now_text()}, {"level", name_of(level)}, {"event", event}};
    for (auto const& [key, value] : fields) {
        line[key] = value;
    }
    sink().log(spdlog::level::info, "{}", boost::json::serialize(line));
}

} // namespace stemlathe::service
