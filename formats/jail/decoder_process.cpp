#include "formats/jail/decoder_process.hpp"

#include "formats/jail/confinement.hpp"
#include "formats/jail/media_wire.hpp"
#include "formats/media.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>
#include <utility>

namespace stemlathe {

namespace {

std::atomic<bool> ran_unsandboxed{false};

bool may_run_unsandboxed() {
    char const* const word = std::getenv("STEMLATHE_ALLOW_UNSANDBOXED_DECODERS");
    return word != nullptr && std::string_view{word} == "1";
}

} // namespace

bool has_unsandboxed_decoder() noexcept {
    return ran_unsandboxed.load();
}

} // namespace stemlathe

namespace stemlathe::formats {

namespace {

using Clock = std::chrono::steady_clock;

/// What a process that ended so did to the one who wanted its answer.
std::string deed_of(int status, std::int64_t cpu_s) {
    int const signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    switch (signal) {
    case SIGSYS:
        return "made its decoder try something forbidden";
    case SIGXCPU:
    case SIGKILL: // what comes after SIGXCPU, and what the system does when memory is short
        return fmt::format("wanted more than {} s of processor time, or much memory", cpu_s);
    default:
        return "crashed its decoder";
    }
}

std::array<Descriptor, 2> socket_pair() {
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw Failure{
            Code::out_of_memory,
            fmt::format(
                "no socket is left for decoding: {}", std::generic_category().message(errno)
            )};
    }
    return {Descriptor{ends[0]}, Descriptor{ends[1]}};
}

} // namespace

DecoderProcess::DecoderProcess(
    int input, std::filesystem::path file, DecoderSettings const& settings
)
    : file_(std::move(file)),
      patience_(settings.patience),
      cpu_s_(settings.cpu_s),
      stop_(settings.stop) {
    auto [here, there] = socket_pair();
    socket_ = std::move(here);
    child_ = start_decoder(
        settings.program,
        {.input = input, .window = window_.descriptor(), .socket = there.get()},
        settings.cpu_s
    );
    window_.close_descriptor();
    there = Descriptor{}; // so that the decoder's end shows here
    wait_until_ready();
}

void DecoderProcess::wait_until_ready() {
    Reply const reply = receive();
    if (reply.status == Status::ready) {
        is_ready_ = true;
    } else if (reply.status == Status::unlocked && may_run_unsandboxed()) {
        is_ready_ = true;
        ran_unsandboxed = true;
    } else {
        throw Failure{
            Code::internal,
            fmt::format(
                "audio cannot be decoded safely, because this system does not let the decoder lock "
                "itself in ({}); use a system or container with seccomp, or set "
                "STEMLATHE_ALLOW_UNSANDBOXED_DECODERS=1 if you trust every file",
                text_from(reply.sentence)
            )};
    }
}

bool DecoderProcess::wait_for_message() const {
    constexpr std::chrono::milliseconds kStep{100};
    auto const deadline = Clock::now() + patience_;
    auto left = patience_;
    while (!stop_.stop_requested()) {
        auto const step = stop_.stop_possible() ? std::min(left, kStep) : left;
        auto const wait_ms =
            std::clamp<std::int64_t>(step.count(), 0, std::numeric_limits<int>::max());
        pollfd entry{.fd = socket_.get(), .events = POLLIN, .revents = 0};
        int const ready = ::poll(&entry, 1, static_cast<int>(wait_ms));
        if (ready > 0) {
            return true;
        }
        left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if ((ready < 0 && errno != EINTR) || left.count() <= 0) {
            return false;
        }
    }
    throw Failure{Code::cancelled, "decoding was stopped"};
}

Reply DecoderProcess::receive() {
    if (!wait_for_message()) {
        refuse(fmt::format(
            "could not be decoded within {} s",
            std::chrono::ceil<std::chrono::seconds>(patience_).count()
        ));
    }
    Reply reply{};
    auto const got = ::recv(socket_.get(), &reply, sizeof(reply), MSG_DONTWAIT | MSG_TRUNC);
    if (got <= 0) {
        explain_end();
    }
    if (got != ssize_t{sizeof(reply)} || reply.version != kWireVersion) {
        if (is_ready_) {
            refuse("made its decoder answer nonsense");
        }
        throw Failure{
            Code::internal, "the decoder is of another version; install the whole of one version"};
    }
    return reply;
}

void DecoderProcess::explain_end() {
    int const status = child_.end();
    if (!is_ready_) {
        throw Failure{
            Code::internal,
            fmt::format(
                "the decoder ended before it touched {} (status {:#x}); its libraries may be "
                "missing",
                file_.string(),
                status
            )};
    }
    refuse(deed_of(status, cpu_s_));
}

void DecoderProcess::refuse(std::string_view what) {
    (void)child_.end();
    throw MediaFailure(
        MediaFault::unreadable,
        file_,
        fmt::format("{}; it is damaged, or made to do harm. Please export it again", what)
    );
}

Reply DecoderProcess::ask(Request const& request) {
    if (::send(socket_.get(), &request, sizeof(request), MSG_NOSIGNAL) < 0) {
        explain_end();
    }
    Reply const reply = receive();
    if (reply.status == Status::failed) {
        auto const sentence = text_from(reply.sentence);
        if (reply.is_input_error != 0) {
            throw Failure{
                Code::storage_failed, fmt::format("{} {}", file_.filename().string(), sentence)}
                .about_file(file_.string());
        }
        auto const fault = std::min(reply.fault, static_cast<std::uint32_t>(MediaFault::truncated));
        throw MediaFailure(static_cast<MediaFault>(fault), file_, sentence);
    }
    if (reply.status != Status::done) {
        refuse("made its decoder answer nonsense");
    }
    return reply;
}

} // namespace stemlathe::formats
