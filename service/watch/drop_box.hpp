#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// What a dropped folder's result is called: "song" -> "song.result".
inline constexpr std::string_view kResultEnding = ".result";

/// The folder in which people put sessions, and which of them are complete: where nothing changed
/// for a while, or where a file named ".done", ".ready" or "ready" says so. A folder that has its
/// result beside it is over; whoever wants it again removes the result. Hidden folders, links and
/// plain files are nobody's session.
class DropBox {
  public:
    using Clock = std::chrono::steady_clock;

    DropBox(std::filesystem::path folder, std::chrono::milliseconds quiet);

    /// Looks. @param now  later than at the last look
    /// @returns the complete folders without a result, by name; a folder that cannot be read is not
    /// among them
    [[nodiscard]] std::vector<std::filesystem::path> complete(Clock::time_point now);

    /// All folders that were seen at the last look and are not over.
    [[nodiscard]] std::vector<std::filesystem::path> seen() const;

    [[nodiscard]] std::filesystem::path result_of(std::filesystem::path const& session) const;

  private:
    struct Seen {
        std::string content{};
        Clock::time_point since{};
    };

    std::filesystem::path folder_;
    std::chrono::milliseconds quiet_;
    std::map<std::filesystem::path, Seen> seen_;
};

} // namespace stemlathe::service
