#include "kernels/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace stemlathe {

void assertion_failed(char const* condition, char const* file, int line) noexcept {
    std::fprintf(stderr, "stemlathe: bug: %s does not hold (%s:%d)\n", condition, file, line);
    std::abort();
}

} // namespace stemlathe
