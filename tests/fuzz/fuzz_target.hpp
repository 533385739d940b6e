#pragma once

#include <cstddef>
#include <cstdint>

/// What libFuzzer calls, and replay_main.cpp with each file of the corpus.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);
