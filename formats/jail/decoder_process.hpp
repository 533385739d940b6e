#pragma once

#include "formats/jail/descriptor.hpp"
#include "formats/jail/spawn.hpp"
#include "formats/jail/wire.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string_view>

/// Private to formats/.
namespace stemlathe::formats {

struct DecoderSettings {
    std::filesystem::path program{};            ///< empty: the decoder beside this program
    std::chrono::milliseconds patience{60'000}; ///< for one answer
    std::int64_t cpu_s = 1'200;                 ///< processor time in all
    std::stop_token stop{};                     ///< ends the waiting for an answer
};

/// A locked process with one untrusted file (jail.hpp), as its parent sees it. Whatever it does or
/// says, this side stays whole: messages have one size, the window cannot shrink, every number is
/// checked by the caller. It is killed with this object. Not for two threads at once.
class DecoderProcess {
  public:
    /// Starts it and waits until it is locked in.
    /// @param input  the file, opened for reading only
    /// @param file   how messages call it
    /// @throws Failure{internal} there is no decoder, it does not start, or cannot be locked in;
    /// {out_of_memory} no process is left
    DecoderProcess(int input, std::filesystem::path file, DecoderSettings const& settings);
    DecoderProcess(DecoderProcess const&) = delete;
    DecoderProcess& operator=(DecoderProcess const&) = delete;
    ~DecoderProcess() = default;

    /// @throws MediaFailure the decoder refused the file, died, or did not answer in time;
    /// Failure{storage_failed} it could not read the file; {cancelled} it was asked to stop
    [[nodiscard]] Reply ask(Request const& request);

    /// Where `read` leaves audio. The decoder may write there at any time.
    [[nodiscard]] std::span<std::byte const> window() const noexcept {
        return window_.bytes();
    }

    /// The file's fault: kills the decoder and says what it did.
    /// @throws MediaFailure{unreadable}, always
    [[noreturn]] void refuse(std::string_view what);

  private:
    void wait_until_ready();
    [[nodiscard]] Reply receive();
    [[nodiscard]] bool wait_for_message() const;
    [[noreturn]] void explain_end();

    std::filesystem::path file_;
    std::chrono::milliseconds patience_;
    std::int64_t cpu_s_;
    std::stop_token stop_;
    Window window_{};
    Descriptor socket_{};
    Child child_{};
    bool is_ready_ = false;
};

} // namespace stemlathe::formats
