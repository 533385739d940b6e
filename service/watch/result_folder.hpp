#pragma once

#include <filesystem>
#include <string_view>

namespace stemlathe::service {

/// A folder that appears as a whole under its name. It is filled under a hidden one beside it,
/// which stays when a process dies, so that what was fetched need not be fetched again.
class ResultFolder {
  public:
    /// @param place  where it shall appear; nothing is there yet
    /// @throws Failure{storage_full, storage_failed}, as all below
    explicit ResultFolder(std::filesystem::path place);

    /// Where to write.
    [[nodiscard]] std::filesystem::path const& workshop() const noexcept {
        return workshop_;
    }

    /// Drops what was written.
    void empty() const;

    /// Writes a short text into it.
    void write(std::string_view name, std::string_view text) const;

    /// Makes it appear, safe on disk.
    void publish() const;

  private:
    std::filesystem::path place_;
    std::filesystem::path workshop_;
};

} // namespace stemlathe::service
