#include "tests/support/temp_folder.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace stemlathe::test {

TempFolder::TempFolder() {
    auto name = (std::filesystem::temp_directory_path() / "stemlathe-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error{"cannot make a temporary folder"};
    }
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void write_file(std::filesystem::path const& path, std::string_view text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file{path, std::ios::binary};
    file << text;
    if (!file.flush()) {
        throw std::runtime_error{"cannot write " + path.string()};
    }
}

std::string read_file(std::filesystem::path const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<std::string> tree_of(std::filesystem::path const& folder) {
    std::vector<std::string> paths;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{folder}) {
        auto const relative = entry.path().lexically_relative(folder).string();
        paths.push_back(entry.is_directory() ? relative + "/" : relative);
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

} // namespace stemlathe::test
