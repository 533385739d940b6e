#pragma once

#include "service/metrics/exposition.hpp"

namespace stemlathe::service {

/// Memory, processor time, descriptors and start of this process, from /proc, under the names that
/// all of Prometheus' clients use.
void write_process(Exposition& to);

} // namespace stemlathe::service
