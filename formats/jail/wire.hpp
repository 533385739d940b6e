#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

/// What a decoder and its parent say to each other over a socket that keeps messages apart. Both
/// come from one build, so the layout is the compiler's. Private to formats/.
namespace stemlathe::formats {

/// Audio is handed over in memory of this size.
inline constexpr std::size_t kWindowBytes = 1U << 20U;
inline constexpr std::size_t kWireChannelsMax = 64;

/// Refuses a decoder of another build; rises with every change of this file.
inline constexpr std::uint32_t kWireVersion = 0x5354'4C01;

enum class Command : std::uint32_t {
    open,  ///< answers `media`; `container` was identified by the parent
    read,  ///< up to `frames` from `first` on into the window; answers `frames`
    probe, ///< identifies, opens and decodes everything; answers all but `sentence`
};

struct Request {
    Command command = Command::open;
    std::uint32_t container = 0; ///< open: Container
    std::uint32_t kinds = 0;     ///< probe: AudioKinds
    std::int64_t first = 0;
    std::int64_t frames = 0;
};

enum class Status : std::uint32_t {
    ready,    ///< once, before the file is touched: the jail is locked
    unlocked, ///< instead: it cannot be, and `sentence` says why
    done,     ///< the answer to a request
    failed,   ///< `fault` and `sentence` say why
};

template <std::size_t Size>
using WireText = std::array<char, Size>; ///< ends at its first zero

/// MediaInfo without pointers.
struct WireMedia {
    std::int64_t frames = 0;
    std::int64_t time_reference_frames = -1; ///< below 0: none
    std::int32_t rate_hz = 0;
    std::int32_t channels = 0;
    std::int32_t bit_depth = 0;
    std::uint8_t container = 0;
    std::uint8_t packed = 0;
    std::uint8_t is_float = 0;
    std::uint8_t streaming_header = 0;
    WireText<16> codec{};
    WireText<16> origination_date{};
    WireText<16> isrc{};
    WireText<512> title{};
    WireText<512> artist{};
};

/// What decoding everything showed.
struct WireProbe {
    std::int64_t frames = 0;
    std::int64_t bad_samples = 0;
    std::int64_t first_bad_frame = -1;
    std::array<double, kWireChannelsMax> peaks{}; ///< linear, full scale 1.0
};

struct Reply {
    std::uint32_t version = kWireVersion;
    Status status = Status::done;
    std::uint32_t fault = 0;          ///< MediaFault, of what failed
    std::uint32_t is_input_error = 0; ///< failed: the disk, not the file
    std::int64_t frames = 0;
    WireMedia media{};
    WireProbe probe{};
    WireText<512> sentence{};
};

static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply>);

} // namespace stemlathe::formats
