#include "tests/support/golden.hpp"

#include "tests/support/temp_folder.hpp"

#include <cstdlib>
#include <filesystem>

namespace stemlathe::test {

testing::AssertionResult is_golden(std::string const& text, std::string const& name) {
    std::filesystem::path const golden = std::filesystem::path{STEMLATHE_GOLDEN_FOLDER} / name;
    auto const received = golden.string() + ".received";
    if (std::getenv("STEMLATHE_APPROVE") != nullptr) {
        write_file(golden, text);
    }
    auto const expected = read_file(golden);
    if (text == expected) {
        std::filesystem::remove(received);
        return testing::AssertionSuccess();
    }
    write_file(received, text);
    return testing::AssertionFailure()
           << "the text is not " << golden << "\nexpected:\n"
           << expected << "\nreceived:\n"
           << text << "\nSTEMLATHE_APPROVE=1 takes the new text as right";
}

} // namespace stemlathe::test
