#include "kernels/base/failure.hpp"
#include "kernels/cuda/bound_backend.cuh"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/module.hpp"

#include <memory>
#include <string>
#include <utility>

namespace stemlathe::cuda {

namespace {

constexpr int kDriverNeeded = 13'000; ///< what drivers of the 580 series and later report
constexpr int kCapabilityNeeded = 75; ///< 7.5, Turing: what CUDA 13 still compiles for
constexpr std::size_t kMemoryNeeded_bytes = std::size_t{1} << 30U;
constexpr std::int64_t kSegmentFrames = std::int64_t{1} << 20U; ///< 8 MiB: fills the largest card

/// Does nothing; asking for it tells whether this build holds code for a card.
__global__ void probe_kernel() {}

/// "13.0" of 13000, as CUDA counts.
std::string version_text(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// Why no card can be used at all, as a sentence; empty if the driver is fine.
std::string driver_problem() {
    int version = 0;
    auto const result = cudaDriverGetVersion(&version);
    if (result != cudaSuccess || version == 0) {
        return "No NVIDIA driver was found, so there is no CUDA device.";
    }
    if (version < kDriverNeeded) {
        return "The NVIDIA driver is too old: it supports CUDA " + version_text(version) +
               ", and CUDA 13.0 is needed, which comes with driver 580 or newer.";
    }
    return {};
}

/// Whether code for `capability` (75, 90, ...) may be in this build. Machine code runs on cards of
/// the same major number and a minor number that is not smaller; cards newer than all of the list
/// run what the driver translates, if the build has it: probe_kernel tells in the end.
bool may_have_code_for(int capability) {
    int newest = 0;
    for (int const architecture : {__CUDA_ARCH_LIST__}) {
        int const built_for = architecture / 10;
        if (built_for / 10 == capability / 10 && built_for <= capability) {
            return true;
        }
        newest = built_for > newest ? built_for : newest;
    }
    return capability > newest;
}

DeviceReport describe(int device) {
    DeviceReport report{.backend = "cuda", .identity = "cuda", .name = {}, .reason = {}};
    cudaDeviceProp properties{};
    auto const result = cudaGetDeviceProperties(&properties, device);
    if (result != cudaSuccess) {
        report.reason =
            std::string{"The card does not answer: "} + cudaGetErrorString(result) + ".";
        return report;
    }
    int compute_mode = cudaComputeModeDefault;
    static_cast<void>(cudaDeviceGetAttribute(&compute_mode, cudaDevAttrComputeMode, device));
    int const capability = properties.major * 10 + properties.minor;
    auto const capability_text =
        std::to_string(properties.major) + "." + std::to_string(properties.minor);
    report.name = properties.name;
    report.identity = "cuda/sm_" + std::to_string(capability);
    if (capability < kCapabilityNeeded) {
        report.reason = "The card is too old: its compute capability is " + capability_text +
                        ", 7.5 is needed.";
    } else if (!may_have_code_for(capability)) {
        report.reason = "This build has no code for compute capability " + capability_text + ".";
    } else if (properties.totalGlobalMem < kMemoryNeeded_bytes) {
        report.reason = "The card has " + std::to_string(properties.totalGlobalMem >> 20U) +
                        " MiB of memory, 1024 MiB are needed.";
    } else if (compute_mode == cudaComputeModeProhibited) {
        report.reason = "The card's compute mode forbids computing on it.";
    } else {
        report.usable = true;
        report.reason = "Compute capability " + capability_text + ", " +
                        std::to_string(properties.totalGlobalMem >> 30U) + " GiB of memory.";
    }
    return report;
}

std::vector<DeviceReport> describe_all() {
    auto problem = driver_problem();
    int count = 0;
    if (problem.empty()) {
        auto const result = cudaGetDeviceCount(&count);
        if (result != cudaSuccess && result != cudaErrorNoDevice) {
            problem = std::string{"CUDA does not start: "} + cudaGetErrorString(result) + ".";
        } else if (count == 0) {
            problem = "There is an NVIDIA driver, but no card.";
        }
    }
    static_cast<void>(cudaGetLastError());
    std::vector<DeviceReport> reports;
    if (!problem.empty()) {
        reports.push_back({"cuda", "cuda", "", false, problem});
        return reports;
    }
    for (int device = 0; device < count; ++device) {
        reports.push_back(describe(device));
    }
    return reports;
}

std::unique_ptr<Backend> open_device(int device) {
    auto const reports = describe_all();
    auto const index = static_cast<std::size_t>(device);
    if (index >= reports.size() || !reports[index].usable) {
        throw Failure{
            Code::no_device,
            index < reports.size() ? reports[index].reason
                                   : "This machine has no card " + std::to_string(device) + "."};
    }
    auto const& report = reports[index];
    check(cudaSetDevice(device));
    cudaFuncAttributes attributes{};
    if (cudaFuncGetAttributes(&attributes, probe_kernel) != cudaSuccess) {
        static_cast<void>(cudaGetLastError());
        throw Failure{
            Code::no_device,
            "The card " + report.name + " (" + report.identity +
                ") cannot run the code of this build."};
    }
    auto backend = std::make_unique<CudaBackend>(BackendInfo{
        .backend = "cuda",
        .identity = report.identity,
        .name = report.name,
        .reason = report.reason,
        .segment_frames = kSegmentFrames,
        .stage_threads = 1});
    return bind_to_device(device, std::move(backend));
}

} // namespace

} // namespace stemlathe::cuda

extern "C" {

stemlathe::Backend* stemlathe_open_module(int device) {
    return stemlathe::cuda::open_device(device).release();
}

void stemlathe_list_module(std::vector<stemlathe::DeviceReport>& devices) {
    for (auto& report : stemlathe::cuda::describe_all()) {
        devices.push_back(std::move(report));
    }
}

bool stemlathe_room_of_module(int device, stemlathe::DeviceRoom& room) {
    std::size_t free_bytes = 0;
    std::size_t total_bytes = 0;
    bool const is_told = cudaSetDevice(device) == cudaSuccess &&
                         cudaMemGetInfo(&free_bytes, &total_bytes) == cudaSuccess;
    static_cast<void>(cudaGetLastError());
    room = {
        .free_bytes = static_cast<std::int64_t>(free_bytes),
        .total_bytes = static_cast<std::int64_t>(total_bytes)};
    return is_told;
}
}
