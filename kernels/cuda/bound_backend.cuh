#pragma once

#include "kernels/backend.hpp"

#include <memory>

namespace stemlathe::cuda {

/// Which card a thread works on is the thread's own setting in CUDA, and stages are called from
/// threads that know nothing of cards. This wraps a backend and everything that it makes, so that
/// each call first turns its thread to `device`: no stage has to think of it.
/// @throws Failure{device_lost}
[[nodiscard]] std::unique_ptr<Backend> bind_to_device(int device, std::unique_ptr<Backend> backend);

} // namespace stemlathe::cuda
