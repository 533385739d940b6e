#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// What lies at a path inside a folder.
enum class PlaceKind : std::uint8_t { nothing, file, folder, link, other };

struct Place {
    PlaceKind kind = PlaceKind::nothing;
    std::int64_t bytes = 0; ///< of a file
};

/// A folder that anybody may have filled. Looks at nothing outside of it: paths come through
/// is_inner_path, and a link anywhere on the way is a link and never followed.
class SealedFolder {
  public:
    /// @throws Failure{not_found} there is none, or it is a file; {storage_failed}
    explicit SealedFolder(std::filesystem::path const& folder);

    [[nodiscard]] std::filesystem::path const& root() const noexcept {
        return root_;
    }

    [[nodiscard]] std::filesystem::path path(std::string const& inner) const {
        return root_ / inner;
    }

    /// @param inner  as is_inner_path wants it
    [[nodiscard]] Place look(std::string const& inner) const;

    /// A small text file; nullopt where none lies there.
    /// @throws Failure{unreadable} it is larger than documents are; {storage_failed}
    [[nodiscard]] std::optional<std::string> document(std::string const& inner) const;

    /// Everything below `inner` ("" for all) that is no folder, in order, with links among it.
    /// @throws Failure{unreadable} there are more than a delivery has; {storage_failed}
    [[nodiscard]] std::vector<std::string> files_below(std::string const& inner) const;

  private:
    std::filesystem::path root_;
};

} // namespace stemlathe
