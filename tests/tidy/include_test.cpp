#include "tests/tidy/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

/// Who may include whom: kernels/README.md and the layers drawn in README.md.
namespace stemlathe::test {

namespace {

/// Folders whose headers a layer may include besides its own.
std::vector<std::string_view> below(std::string_view layer) {
    static std::map<std::string_view, std::vector<std::string_view>> const kBelow{
        {"kernels", {}},
        {"formats", {"kernels/base"}},
        {"host", {"formats", "kernels"}},
        {"service", {"host", "formats", "kernels"}},
        {"bench", {"service", "host", "formats", "kernels", "tests"}},
        {"tests", {"service", "host", "formats", "kernels"}}};
    return kBelow.at(layer);
}

std::string layer_of(std::string const& path) {
    return path.substr(0, path.find('/'));
}

bool is_ours(std::string const& include) {
    return include.starts_with('"');
}

std::string path_in(std::string const& include) {
    return include.substr(1, include.size() - 2);
}

TEST(Includes, PointDown) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        auto const layer = layer_of(file.path);
        for (auto const& include : includes_of(file)) {
            if (!is_ours(include)) {
                continue;
            }
            auto const path = path_in(include);
            bool const allowed =
                layer_of(path) == layer || std::ranges::any_of(below(layer), [&](auto folder) {
                    return path.starts_with(std::string{folder} + "/");
                });
            if (!allowed) {
                wrong.push_back(file.path + " includes " + path);
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Includes, KeepTheBaseFreeOfEverythingAbove) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        for (auto const& include : includes_of(file)) {
            if (file.is_in("kernels/base") && is_ours(include) &&
                !path_in(include).starts_with("kernels/base/")) {
                wrong.push_back(file.path + " includes " + include);
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Includes, LeaveDriversAndFormulasToTheKernels) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        if (file.is_in("kernels") || file.is_in("tests") || file.is_in("bench")) {
            continue;
        }
        for (auto const& include : includes_of(file)) {
            auto const path = path_in(include);
            bool const is_inner = path.starts_with("kernels/cpu/") ||
                                  path.starts_with("kernels/cuda/") || path.ends_with(".cuh") ||
                                  path.ends_with("_math.hpp") || path.starts_with("cuda") ||
                                  path.starts_with("cufft");
            if (is_inner) {
                wrong.push_back(file.path + " includes " + path);
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

/// What is delivered is measured by code that shares nothing with what steered it.
TEST(Includes, KeepTheSecondMeterApartFromTheFirst) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        if (!file.is_in("host/loudness")) {
            continue;
        }
        for (auto const& include : includes_of(file)) {
            auto const path = path_in(include);
            bool const is_apart = path.starts_with("host/loudness/") ||
                                  path.starts_with("formats/") || path.starts_with("kernels/base/");
            if (is_ours(include) && !is_apart) {
                wrong.push_back(file.path + " includes " + path);
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

/// Debian's headers lie in /usr/include for everyone, so private linking does not hold this line.
TEST(Includes, GoThroughOneDoorPerLibrary) {
    struct Door {
        std::string_view header;
        std::vector<std::string_view> folders;
    };

    static std::vector<Door> const kDoors{
        {"<sndfile.h", {"formats/"}},
        {"<FLAC/", {"formats/"}},
        {"<seccomp.h", {"formats/jail/"}},
        {"<openssl/", {"formats/", "service/"}},
        {"<ebur128.h", {"host/loudness/"}},
        {"<cairo", {"host/report/pdf/"}},
        {"<pango/", {"host/report/pdf/"}},
        {"<fontconfig/", {"host/report/pdf/"}},
        {"<toml++/", {"host/"}},
        {"<CLI/", {"service/cli/"}},
        {"<cufft", {"kernels/cuda/"}},
        {"<cuda", {"kernels/"}},
        {"<thrust/", {"kernels/"}},
        {"<cub/", {"kernels/"}},
        {"<boost/asio", {"service/"}},
        {"<boost/beast", {"service/"}},
        {"<sqlite3.h", {"service/store/sqlite/"}},
        {"<libpq-fe.h", {"service/store/postgres/"}},
        {"<curl/", {"service/client/", "service/webhooks/"}},
        // Rivals and oracles, never part of the product.
        {"<fftw3.h", {}},
        {"<soxr.h", {}}};
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        if (file.is_in("tests") || file.is_in("bench")) {
            continue;
        }
        for (auto const& include : includes_of(file)) {
            for (auto const& door : kDoors) {
                bool const at_the_door = std::ranges::any_of(door.folders, [&](auto folder) {
                    return file.path.starts_with(folder);
                });
                if (include.starts_with(door.header) && !at_the_door) {
                    wrong.push_back(file.path + " includes " + include);
                }
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Includes, NameFilesFromTheRoot) {
    std::vector<std::string> wrong;
    for (auto const& file : source_files()) {
        for (auto const& include : includes_of(file)) {
            if (is_ours(include) && (include.find("..") != std::string::npos ||
                                     include.find('/') == std::string::npos)) {
                wrong.push_back(file.path + " includes " + include);
            }
        }
    }
    EXPECT_TRUE(wrong.empty()) << joined(wrong);
}

TEST(Headers, AreIncludedSomewhere) {
    std::vector<std::string> unused;
    for (auto const& header : source_files()) {
        if (!header.has_extension(".hpp") && !header.has_extension(".cuh")) {
            continue;
        }
        auto const wanted = "#include \"" + header.path + "\"";
        bool const used = std::ranges::any_of(source_files(), [&](SourceFile const& file) {
            return file.text.find(wanted) != std::string::npos;
        });
        if (!used) {
            unused.push_back(header.path);
        }
    }
    EXPECT_TRUE(unused.empty()) << joined(unused);
}

} // namespace

} // namespace stemlathe::test
