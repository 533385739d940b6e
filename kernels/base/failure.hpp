#pragma once

#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>

namespace stemlathe {

/// Why a job or request ended. A closed list: exit code, HTTP status and retryability are one table
/// each.
enum class Code {
    invalid_argument, ///< the command line or a request is wrong
    invalid_session,  ///< session.toml or the session folder is wrong
    invalid_plan,     ///< the plan has unknown keys, values out of range or matches nothing
    not_found,        ///< a file, session or profile does not exist
    unreadable,       ///< a file is damaged, truncated or not audio
    not_a_number,     ///< NaN or Inf in audio
    intake_refused,   ///< the session cannot be mastered truthfully
    no_device,        ///< the ordered device does not exist or cannot be used
    device_lost,      ///< the device failed in mid-job; the backend is dead
    out_of_memory,    ///< device or host memory is short
    storage_full,     ///< no space left where results or scratch go
    storage_failed,   ///< any other failure to read or write storage
    cancelled,        ///< somebody asked to stop
    internal,         ///< a bug that was noticed in time
};

/// The code's name in JSON and logs: "invalid_plan", ...
[[nodiscard]] std::string_view name_of(Code code) noexcept;

/// True when the same job may succeed later or elsewhere without a change to it.
[[nodiscard]] bool is_retryable(Code code) noexcept;

/// Ends this job or request. `what()` is a sentence a user understands: what, which file, where,
/// what to do.
class Failure : public std::runtime_error {
  public:
    Failure(
        Code code,
        std::string const& sentence,
        std::source_location where = std::source_location::current()
    );

    [[nodiscard]] Code code() const noexcept {
        return code_;
    }

    [[nodiscard]] std::source_location const& where() const noexcept {
        return where_;
    }

    /// The file the failure is about, as the user knows it; empty if none.
    [[nodiscard]] std::string const& file() const noexcept {
        return file_;
    }

    /// The key in a plan, session.toml or option list; empty if none.
    [[nodiscard]] std::string const& key() const noexcept {
        return key_;
    }

    Failure& about_file(std::string file) &;
    Failure&& about_file(std::string file) &&;
    Failure& about_key(std::string key) &;
    Failure&& about_key(std::string key) &&;

  private:
    Code code_;
    std::source_location where_;
    std::string file_;
    std::string key_;
};

} // namespace stemlathe
