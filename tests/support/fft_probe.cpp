#include "tests/support/fft_probe.hpp"

#include <dlfcn.h>

#include <filesystem>
#include <stdexcept>

namespace stemlathe::test {

namespace {

bool is_supported(std::string const& isa) {
    __builtin_cpu_init();
    return isa == "v4" ? __builtin_cpu_supports("x86-64-v4") != 0
                       : __builtin_cpu_supports("x86-64-v3") != 0;
}

} // namespace

std::unique_ptr<FftProbe>
open_fft_probe(std::string const& isa, std::int64_t size, std::vector<float> const& taps) {
    auto const path = std::filesystem::read_symlink("/proc/self/exe").parent_path() /
                      ("libstemlathe_fft_probe_" + isa + ".so");
    if (!is_supported(isa) || !std::filesystem::exists(path)) {
        return nullptr;
    }
    auto* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); // stays open
    if (module == nullptr) {
        throw std::runtime_error{::dlerror()};
    }
    auto const make = reinterpret_cast<MakeFftProbe>(::dlsym(module, kMakeFftProbeSymbol));
    if (make == nullptr) {
        throw std::runtime_error{path.string() + " has no " + kMakeFftProbeSymbol};
    }
    return std::unique_ptr<FftProbe>{make(size, &taps)};
}

} // namespace stemlathe::test
