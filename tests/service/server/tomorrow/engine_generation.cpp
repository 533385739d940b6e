#include "host/engine_generation.hpp"

namespace stemlathe {

std::int64_t engine_generation() noexcept {
    return kFirstEngine + 1;
}

} // namespace stemlathe
