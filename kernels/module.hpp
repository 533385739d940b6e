#pragma once

#include "kernels/backend.hpp"
#include "kernels/device_room.hpp"

/// What a backend module (libstemlathe_cpu_v3.so, _cpu_v4.so, _cuda.so) exports. Modules are opened
/// with dlopen, so that code for one instruction set stays apart from the rest, and a missing cuFFT
/// is a sentence, not a program that does not start.
extern "C" {

/// A new backend for `device`, or an exception (Failure) that the caller of dlsym sees as usual.
stemlathe::Backend* stemlathe_open_module(int device);

/// One row per device of this kind; appended to `devices`. Throws nothing that matters: problems
/// are sentences.
void stemlathe_list_module(std::vector<stemlathe::DeviceReport>& devices);

/// Of modules whose devices have memory of their own. @returns false: the device does not answer
bool stemlathe_room_of_module(int device, stemlathe::DeviceRoom& room);
}

namespace stemlathe {
using OpenModule = Backend* (*)(int device);
using ListModule = void (*)(std::vector<DeviceReport>& devices);
using RoomOfModule = bool (*)(int device, DeviceRoom& room);
inline constexpr char const* kOpenModuleSymbol = "stemlathe_open_module";
inline constexpr char const* kListModuleSymbol = "stemlathe_list_module";
inline constexpr char const* kRoomOfModuleSymbol = "stemlathe_room_of_module";
} // namespace stemlathe
