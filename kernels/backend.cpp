#include "kernels/backend.hpp"

#include "kernels/base/failure.hpp"
#include "kernels/device_room.hpp"
#include "kernels/module.hpp"

#include <dlfcn.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace stemlathe {

namespace {

struct Module {
    OpenModule open = nullptr;
    ListModule list = nullptr;
    RoomOfModule room = nullptr; ///< some have none
    std::string problem{};       ///< why it could not be opened, in words; empty if it could
};

/// Modules lie beside the executable, or in ../lib of an installed bundle.
Module load_module(std::string const& name) {
    std::error_code error;
    auto const self = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    for (auto const& folder : {self, self.parent_path() / "lib"}) {
        auto const path = folder / ("libstemlathe_" + name + ".so");
        if (!std::filesystem::exists(path, error)) {
            continue;
        }
        // Never closed: a backend's code must outlive every object it made.
        void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (handle == nullptr) {
            return {.problem = ::dlerror()};
        }
        return {
            .open = reinterpret_cast<OpenModule>(::dlsym(handle, kOpenModuleSymbol)),
            .list = reinterpret_cast<ListModule>(::dlsym(handle, kListModuleSymbol)),
            .room = reinterpret_cast<RoomOfModule>(::dlsym(handle, kRoomOfModuleSymbol))};
    }
    return {.problem = "libstemlathe_" + name + ".so is not installed beside the program"};
}

std::vector<DeviceReport> list_module(std::string const& name, std::string const& backend) {
    std::vector<DeviceReport> devices;
    auto const module = load_module(name);
    if (module.list == nullptr) {
        devices.push_back({backend, backend, "", false, "Not usable: " + module.problem + "."});
    } else {
        module.list(devices);
    }
    return devices;
}

/// The CPU modules, best first; STEMLATHE_ISA names one and only one.
std::vector<std::string> cpu_modules() {
    char const* const pinned = std::getenv("STEMLATHE_ISA");
    if (pinned == nullptr || *pinned == '\0') {
        return {"cpu_v4", "cpu_v3"};
    }
    std::string_view const isa{pinned};
    if (isa != "v3" && isa != "v4") {
        throw Failure{
            Code::invalid_argument,
            "STEMLATHE_ISA is \"" + std::string{isa} + "\"; it must be v3 or v4"};
    }
    return {"cpu_" + std::string{isa}};
}

std::unique_ptr<Backend> open_cpu() {
    std::string problems;
    for (auto const& name : cpu_modules()) {
        auto const devices = list_module(name, "cpu");
        if (!devices.empty() && devices.front().usable) {
            return std::unique_ptr<Backend>{load_module(name).open(0)};
        }
        problems += devices.empty() ? "" : " " + devices.front().reason;
    }
    throw Failure{
        Code::no_device,
        "this processor cannot run stemlathe, which needs x86-64-v3 (AVX2 and FMA, 2013 or "
        "later):" +
            problems};
}

} // namespace

BackendChoice parse_backend_choice(std::string_view text) {
    if (text == "auto") {
        return {};
    }
    if (text == "cpu") {
        return {BackendChoice::Kind::cpu, 0};
    }
    if (text == "cuda") {
        return {BackendChoice::Kind::cuda, 0};
    }
    int device = -1;
    if (text.starts_with("cuda:")) {
        auto const number = text.substr(5);
        auto const [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), device);
        if (error == std::errc{} && end == number.data() + number.size() && device >= 0) {
            return {BackendChoice::Kind::cuda, device};
        }
    }
    throw Failure{
        Code::invalid_argument,
        "--device is \"" + std::string{text} + "\"; it must be auto, cpu, cuda or cuda:N"};
}

std::unique_ptr<Backend> open_backend(BackendChoice const& choice) {
    if (choice.kind == BackendChoice::Kind::cpu) {
        return open_cpu();
    }
    auto const cards = list_module("cuda", "cuda");
    auto const wanted = static_cast<std::size_t>(choice.device);
    if (wanted < cards.size() && cards[wanted].usable) {
        return std::unique_ptr<Backend>{load_module("cuda").open(choice.device)};
    }
    if (choice.kind == BackendChoice::Kind::cuda) {
        throw Failure{
            Code::no_device,
            "no usable CUDA device " + std::to_string(choice.device) + ": " +
                (wanted < cards.size() ? cards[wanted].reason
                                       : "this machine has " + std::to_string(cards.size()) + ".")};
    }
    return open_cpu();
}

std::optional<DeviceRoom> room_of(BackendChoice const& choice, Backend const& backend) {
    if (backend.info().backend != "cuda") {
        return std::nullopt;
    }
    auto const module = load_module("cuda");
    DeviceRoom room;
    bool const is_told = module.room != nullptr && module.room(choice.device, room);
    return is_told ? std::optional{room} : std::nullopt;
}

std::vector<DeviceReport> list_devices() {
    auto devices = list_module("cuda", "cuda");
    for (auto const* name : {"cpu_v4", "cpu_v3"}) {
        for (auto& device : list_module(name, "cpu")) {
            devices.push_back(std::move(device));
        }
    }
    return devices;
}

} // namespace stemlathe
