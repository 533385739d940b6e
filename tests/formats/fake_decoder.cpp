#include "formats/jail/jail.hpp"
#include "formats/jail/wire.hpp"
#include "formats/media.hpp"

#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

/// A decoder that was taken over: it talks to its parent as the real one does and misbehaves in the
/// way that the name it was started by says.

namespace {

using stemlathe::formats::Command;
using stemlathe::formats::kSocketDescriptor;
using stemlathe::formats::Reply;
using stemlathe::formats::Request;
using stemlathe::formats::Status;

std::string deed;

void say(Reply const& reply) {
    (void)!::write(kSocketDescriptor, &reply, sizeof(reply));
}

Reply honest_media() {
    Reply reply{};
    reply.media = {
        .frames = 100'000,
        .rate_hz = 48'000,
        .channels = 2,
        .bit_depth = 24,
        .container = static_cast<std::uint8_t>(stemlathe::Container::flac),
        .packed = static_cast<std::uint8_t>(stemlathe::SampleFormat::pcm_32),
        .codec = {'f', 'l', 'a', 'c'}};
    return reply;
}

[[noreturn]] void wait_for_ever() {
    for (;;) {
        ::pause();
    }
}

Reply answer_to_open() {
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    Reply reply = honest_media();
    auto& media = reply.media;
    if (deed == "crash") {
        std::abort();
    } else if (deed == "hang") {
        wait_for_ever();
    } else if (deed == "leave") {
        std::_Exit(0);
    } else if (deed == "endless") {
        media.frames = kMost;
    } else if (deed == "day") {
        media.frames = 24LL * 3'600 * 48'000;
    } else if (deed == "huge") {
        media.channels = 64;
        media.rate_hz = 384'000;
        media.frames = 384'000LL * 3'600 * 5;
    } else if (deed == "no_frames") {
        media.frames = 0;
    } else if (deed == "negative_frames") {
        media.frames = -5;
    } else if (deed == "no_channels") {
        media.channels = 0;
    } else if (deed == "many_channels") {
        media.channels = std::numeric_limits<int>::max();
    } else if (deed == "negative_channels") {
        media.channels = -2;
    } else if (deed == "wrong_rate") {
        media.rate_hz = -1;
    } else if (deed == "wrong_format") {
        media.packed = 200;
    } else if (deed == "wrong_container") {
        media.container = 77;
    } else if (deed == "other_container") {
        media.container = static_cast<std::uint8_t>(stemlathe::Container::wav);
    } else if (deed == "wrong_status") {
        reply.status = static_cast<Status>(99);
    } else if (deed == "ready_again") {
        reply.status = Status::ready;
    } else if (deed == "wrong_version") {
        reply.version = 5;
    } else if (deed == "escape_codes") {
        reply.status = Status::failed;
        reply.fault = 12'345;
        reply.sentence.fill('\x1B');
        std::string_view{"\x1B[31mis fine\n\xFF"}.copy(reply.sentence.data(), 15);
    } else if (deed == "short_message") {
        (void)!::write(kSocketDescriptor, &reply, 10);
    } else if (deed == "long_message") {
        std::array<char, 2 * sizeof(Reply)> const much{};
        (void)!::write(kSocketDescriptor, much.data(), much.size());
    } else if (deed == "full_texts") {
        media.title.fill('t');
        media.artist.fill('\xC3');
        media.codec.fill('c');
        media.isrc.fill('i');
    }
    return reply;
}

Reply answer_to_read(Request const& request) {
    Reply reply{};
    reply.frames = request.frames;
    if (deed == "crash_later") {
        std::abort();
    } else if (deed == "hang_later") {
        wait_for_ever();
    } else if (deed == "more_frames") {
        reply.frames = request.frames + 1;
    } else if (deed == "negative_read") {
        reply.frames = -1;
    } else if (deed == "most_frames") {
        reply.frames = std::numeric_limits<std::int64_t>::max();
    } else if (deed == "shrink_window") {
        reply.frames = ::ftruncate(stemlathe::formats::kWindowDescriptor, 0) == 0 ? 1 : 0;
    }
    return reply;
}

Reply answer_to_probe() {
    Reply reply = honest_media();
    reply.probe.frames = reply.media.frames;
    if (deed == "probe_more") {
        reply.probe.frames = reply.media.frames + 1;
    } else if (deed == "probe_nan") {
        reply.probe.peaks[0] = std::numeric_limits<double>::quiet_NaN();
    } else if (deed == "probe_negative") {
        reply.probe.peaks[1] = -1.0;
    } else if (deed == "probe_bad") {
        reply.probe.bad_samples = -1;
    } else if (deed == "probe_first") {
        reply.probe.bad_samples = 1;
        reply.probe.first_bad_frame = reply.media.frames;
    }
    return reply;
}

/// The real decoder on a system without seccomp.
[[noreturn]] void become_the_decoder_without_seccomp(char** argv) {
    auto const program =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / "stemlathe-decoder";
    auto* const filter = ::seccomp_init(SCMP_ACT_ALLOW);
    auto const absent = SCMP_ACT_ERRNO(ENOSYS);
    ::seccomp_rule_add(filter, absent, SCMP_SYS(seccomp), 0);
    scmp_arg_cmp const is_set{.arg = 0, .op = SCMP_CMP_EQ, .datum_a = PR_SET_SECCOMP, .datum_b = 0};
    ::seccomp_rule_add_array(filter, absent, SCMP_SYS(prctl), 1, &is_set);
    ::seccomp_load(filter);
    ::execv(program.c_str(), argv);
    std::_Exit(127);
}

} // namespace

int main(int, char** argv) {
    deed = std::string_view{argv[0]}.substr(std::string_view{argv[0]}.rfind('/') + 1);
    if (deed == "stillborn") {
        return 1;
    }
    if (deed == "no_seccomp") {
        become_the_decoder_without_seccomp(argv);
    }
    Reply first{.status = Status::ready};
    if (deed == "unlocked") {
        first.status = Status::unlocked;
        std::string_view{"seccomp: Function not implemented"}.copy(first.sentence.data(), 33);
    } else if (deed == "old_version") {
        first.version = 5;
    }
    say(first);
    Request request{};
    while (::read(kSocketDescriptor, &request, sizeof(request)) > 0) {
        say(request.command == Command::open    ? answer_to_open()
            : request.command == Command::probe ? answer_to_probe()
                                                : answer_to_read(request));
    }
    return 0;
}
