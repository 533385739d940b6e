#include "formats/jail/spawn.hpp"

#include "formats/jail/jail.hpp"
#include "formats/jail/wire.hpp"
#include "kernels/base/failure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <vector>

namespace stemlathe::formats {

namespace {

constexpr char const* kDecoderName = "stemlathe-decoder";

/// The decoder lies beside the executable, as the backend modules do.
std::filesystem::path decoder_beside_program() {
    std::error_code error;
    auto const self = std::filesystem::read_symlink("/proc/self/exe", error);
    return self.parent_path() / kDecoderName;
}

Failure short_of(std::string_view what, int error) {
    return {
        Code::out_of_memory,
        fmt::format(
            "no {} is left for decoding: {}", what, std::generic_category().message(error)
        )};
}

Descriptor moved_out_of_the_way(int descriptor) {
    Descriptor copy{out_of_the_way(descriptor)};
    if (!copy.is_open()) {
        throw short_of("file descriptor", errno);
    }
    return copy;
}

std::vector<std::string> library_path() {
    char const* const path = std::getenv("LD_LIBRARY_PATH");
    return path == nullptr ? std::vector<std::string>{}
                           : std::vector{std::string{"LD_LIBRARY_PATH="} + path};
}

} // namespace

Window::Window()
    : descriptor_(::memfd_create("stemlathe-window", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (!descriptor_.is_open() || ::ftruncate(descriptor_.get(), kWindowBytes) != 0 ||
        ::fcntl(descriptor_.get(), F_ADD_SEALS, kSeals) != 0) {
        throw short_of("memory", errno);
    }
    void* const at = ::mmap(nullptr, kWindowBytes, PROT_READ, MAP_SHARED, descriptor_.get(), 0);
    if (at == MAP_FAILED) {
        throw short_of("memory", errno);
    }
    bytes_ = {static_cast<std::byte*>(at), kWindowBytes};
}

Window::~Window() {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

Child start_decoder(
    std::filesystem::path const& program, DecoderEnds const& ends, std::int64_t cpu_s
) {
    auto const path = (program.empty() ? decoder_beside_program() : program).string();
    auto const input = moved_out_of_the_way(ends.input);
    auto const window = moved_out_of_the_way(ends.window);
    auto const socket = moved_out_of_the_way(ends.socket);
    SpawnPlan plan;
    plan.give(input.get(), kInputDescriptor);
    plan.give(window.get(), kWindowDescriptor);
    plan.give(socket.get(), kSocketDescriptor);
    for (int const stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        plan.close(stream);
    }
    plan.close_from(kSocketDescriptor + 1);
    Child child;
    int const error = plan.start(child, {path, std::to_string(cpu_s)}, library_path());
    if (error == EAGAIN || error == ENOMEM) {
        throw short_of("process", error);
    }
    if (error != 0) {
        throw Failure{
            Code::internal,
            fmt::format(
                "the decoder {} cannot be started: {}; install it beside the program",
                path,
                std::generic_category().message(error)
            )}
            .about_file(path);
    }
    return child;
}

} // namespace stemlathe::formats
