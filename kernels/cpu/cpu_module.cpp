#include "kernels/base/failure.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/module.hpp"

#include <fstream>
#include <string>
#include <thread>

// This file is compiled once per instruction set; the macros come from the build.

namespace stemlathe::cpu {

namespace {

constexpr std::int64_t kSegmentFrames =
    32'768; // a stem's chain of such segments stays in a 1 MiB L2 cache

std::string processor_name() {
    std::ifstream info{"/proc/cpuinfo"};
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("model name")) {
            auto const colon = line.find(": ");
            return colon == std::string::npos ? line : line.substr(colon + 2);
        }
    }
    return "x86-64 processor";
}

bool is_supported() noexcept {
    __builtin_cpu_init();
#if defined(__AVX512F__)
    return __builtin_cpu_supports("x86-64-v4") != 0;
#else
    return __builtin_cpu_supports("x86-64-v3") != 0;
#endif
}

} // namespace

} // namespace stemlathe::cpu

extern "C" {

stemlathe::Backend* stemlathe_open_module(int /*device*/) {
    if (!stemlathe::cpu::is_supported()) {
        throw stemlathe::Failure{
            stemlathe::Code::no_device,
            "this processor (" + stemlathe::cpu::processor_name() + ") does not have " +
                STEMLATHE_ISA_NAME};
    }
    return new stemlathe::cpu::CpuBackend{stemlathe::BackendInfo{
        .backend = "cpu",
        .identity = "cpu/" STEMLATHE_ISA_NAME,
        .name = stemlathe::cpu::processor_name(),
        .reason = {},
        .segment_frames = stemlathe::cpu::kSegmentFrames,
        .memory_frames = stemlathe::cpu::kMemoryFrames,
        .stage_threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))}};
}

void stemlathe_list_module(std::vector<stemlathe::DeviceReport>& devices) {
    bool const usable = stemlathe::cpu::is_supported();
    devices.push_back(stemlathe::DeviceReport{
        .backend = "cpu",
        .identity = "cpu/" STEMLATHE_ISA_NAME,
        .name = stemlathe::cpu::processor_name(),
        .usable = usable,
        .reason = usable ? "This processor has " STEMLATHE_ISA_NAME "."
                         : "This processor does not have " STEMLATHE_ISA_NAME "."});
}
}
