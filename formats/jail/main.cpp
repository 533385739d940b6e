#include "formats/jail/decoder_answers.hpp"
#include "formats/jail/jail.hpp"
#include "formats/jail/media_wire.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

/// stemlathe-decoder: decodes one untrusted file for its parent. It locks itself in, says so, and
/// only then looks at the file, one request at a time until the parent hangs up. Started by
/// formats/jail/spawn.cpp and by nobody else; its standard streams are closed.

// The C library's own fstat is newfstatat, a call that finds out about any file by its name and is
// refused in the jail. libsndfile takes these instead.
extern "C" int fstat(int descriptor, struct stat* status) noexcept {
    return static_cast<int>(::syscall(SYS_fstat, descriptor, status));
}

extern "C" int fstat64(int descriptor, struct stat64* status) noexcept {
    return static_cast<int>(::syscall(SYS_fstat, descriptor, status));
}

namespace stemlathe::formats {

namespace {

void say(Reply const& reply) {
    if (::write(kSocketDescriptor, &reply, sizeof(reply)) != ssize_t{sizeof(reply)}) {
        std::_Exit(0); // the parent is gone
    }
}

int serve(std::int64_t cpu_s) {
    void* const window =
        ::mmap(nullptr, kWindowBytes, PROT_READ | PROT_WRITE, MAP_SHARED, kWindowDescriptor, 0);
    if (window == MAP_FAILED) {
        return 1;
    }
    Reply first{.status = Status::ready};
    if (auto const problem = enter_jail({.cpu_s = cpu_s})) {
        first.status = Status::unlocked;
        put_wire_text(first.sentence, *problem);
    }
    say(first);
    DecoderAnswers answers{
        File::of_descriptor(kInputDescriptor, {}), {static_cast<std::byte*>(window), kWindowBytes}};
    Request request{};
    while (::read(kSocketDescriptor, &request, sizeof(request)) == ssize_t{sizeof(request)}) {
        say(answers.answer(request));
    }
    return 0;
}

} // namespace

} // namespace stemlathe::formats

int main(int argc, char** argv) {
    if (argc != 2) {
        return 2;
    }
    int const code = stemlathe::formats::serve(std::atoll(argv[1]));
    std::_Exit(code); // nothing to tidy up, and no library's farewell
}
