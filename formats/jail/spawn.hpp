#pragma once

#include "formats/child_process.hpp"
#include "formats/jail/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

/// The parts of a decoder's life that are system calls. Private to formats/.
namespace stemlathe::formats {

/// Memory that both sides see and neither can resize: a window that shrank under its reader would
/// kill the reader.
class Window {
  public:
    /// @throws Failure{out_of_memory}
    Window();
    Window(Window const&) = delete;
    Window& operator=(Window const&) = delete;
    ~Window();

    [[nodiscard]] int descriptor() const noexcept {
        return descriptor_.get();
    }

    [[nodiscard]] std::span<std::byte const> bytes() const noexcept {
        return bytes_;
    }

    /// The mapping stays.
    void close_descriptor() noexcept {
        descriptor_ = Descriptor{};
    }

  private:
    Descriptor descriptor_{};
    std::span<std::byte const> bytes_{};
};

/// What a decoder is given, and nothing else.
struct DecoderEnds {
    int input = -1;
    int window = -1;
    int socket = -1;
};

/// Starts a decoder with these as kInputDescriptor, kWindowDescriptor and kSocketDescriptor, all
/// others closed, an environment of LD_LIBRARY_PATH alone, and no part in the terminal's signals.
/// @param program  empty: the decoder beside this program
/// @throws Failure{internal} it is not there; {out_of_memory} no process is left
[[nodiscard]] Child
start_decoder(std::filesystem::path const& program, DecoderEnds const& ends, std::int64_t cpu_s);

} // namespace stemlathe::formats
