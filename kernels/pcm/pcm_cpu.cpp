#include "kernels/base/failure.hpp"
#include "kernels/cpu/cpu_backend.hpp"

namespace stemlathe::cpu {

std::unique_ptr<Unpacker> CpuBackend::make_unpacker(UnpackSettings const&) {
    throw Failure{Code::internal, "unfinished"};
}

} // namespace stemlathe::cpu
