#include "service/doctor/checks.hpp"

#include <exception>
#include <functional>
#include <iterator>

namespace stemlathe::service {

namespace {

using Look = std::function<Check()>;

/// What an examination throws is what it found.
Check look_at(std::string_view name, Look const& look) {
    try {
        auto check = look();
        check.name = name;
        return check;
    } catch (std::exception const& failure) {
        return {.name = std::string{name}, .verdict = Verdict::fail, .message = failure.what()};
    }
}

std::vector<Check> devices_or_why_not() {
    try {
        return check_devices();
    } catch (std::exception const& failure) {
        return {{.name = "processor", .verdict = Verdict::fail, .message = failure.what()}};
    }
}

} // namespace

std::string_view name_of(Verdict verdict) noexcept {
    switch (verdict) {
    case Verdict::ok:
        return "ok";
    case Verdict::warn:
        return "warn";
    case Verdict::fail:
        break;
    }
    return "fail";
}

std::vector<Check> examine(DoctorSettings const& settings) {
    auto checks = devices_or_why_not();
    auto const& data = settings.data;
    checks.push_back(look_at("threads", check_threads));
    checks.push_back(look_at("memory", check_memory));
    checks.push_back(look_at("data folder", [&] { return check_data_folder(data); }));
    checks.push_back(look_at("free space", [&] { return check_free_space(data); }));
    checks.push_back(look_at("sync", [&] { return check_sync(data); }));
    checks.push_back(look_at("sqlite", check_sqlite));
    checks.push_back(look_at("decoder", check_decoder));
    checks.push_back(look_at("seccomp", check_seccomp));
    checks.push_back(look_at("landlock", check_landlock));
    checks.push_back(look_at("open files", check_open_files));
    checks.push_back(look_at("clock", check_clock));
    checks.push_back(look_at("port", [&] { return check_port(settings.listen); }));
    if (settings.tls.are_named()) {
        checks.push_back(look_at("certificate", [&] { return check_certificate(settings.tls); }));
    }
    return checks;
}

} // namespace stemlathe::service
