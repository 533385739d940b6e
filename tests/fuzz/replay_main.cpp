#include "tests/fuzz/fuzz_target.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// Without libFuzzer: runs every file of the folder named, which must hold some.
int main(int argc, char** argv) {
    if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
        std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator{argv[1]}) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (auto const& path : files) {
        std::printf("%s\n", path.c_str());
        std::ifstream in{path, std::ios::binary};
        std::string const bytes{std::istreambuf_iterator<char>{in}, {}};
        LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
    }
    return files.empty() ? 1 : 0;
}
