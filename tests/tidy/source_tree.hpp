#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The repository's text, for rules about it.
namespace stemlathe::test {

struct SourceFile {
    std::string path{}; ///< from the root: "kernels/mix/mix.hpp"
    std::string text{};
    std::vector<std::string> lines{};

    [[nodiscard]] bool is_in(std::string_view folder) const {
        return path.starts_with(std::string{folder} + "/");
    }

    [[nodiscard]] bool has_extension(std::string_view extension) const {
        return path.ends_with(extension);
    }
};

/// Every .hpp .cpp .cuh .cu of the project, sorted by path; read once.
[[nodiscard]] std::vector<SourceFile> const& source_files();

/// All CMake text: every CMakeLists.txt and .cmake file, one after the other.
[[nodiscard]] std::vector<SourceFile> const& build_files();

/// The file's code without comments and string literals, line by line: rules about words must not
/// stumble over prose.
[[nodiscard]] std::string code_of(SourceFile const& file);
[[nodiscard]] std::vector<std::string> code_lines_of(SourceFile const& file);

/// What the file includes between quotes or angle brackets, those marks kept: "\"a/b.hpp\"".
[[nodiscard]] std::vector<std::string> includes_of(SourceFile const& file);

/// Complaints, one a line, for a failure's text.
[[nodiscard]] std::string joined(std::vector<std::string> const& complaints);

} // namespace stemlathe::test
