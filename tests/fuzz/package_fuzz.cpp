#include "host/qc/md5_list.hpp"
#include "host/verify/json_fields.hpp"
#include "host/verify/read_package.hpp"
#include "kernels/base/failure.hpp"
#include "tests/fuzz/fuzz_target.hpp"

#include <cstdlib>
#include <string_view>

namespace {

/// Refused with a Failure, or read so that no path leads out of the folder.
template <typename Read>
void try_to(Read const& read) {
    try {
        read();
    } catch (stemlathe::Failure const&) { // the right answer to most bytes
    }
}

void require_inner(std::string_view path) {
    if (!stemlathe::is_inner_path(path)) {
        std::abort();
    }
}

} // namespace

/// Any bytes as the documents of a delivery.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    try_to([&] {
        auto const record = stemlathe::parse_qc_json(text);
        require_inner(record.package);
        for (auto const& file : record.files) {
            require_inner(file.path);
        }
    });
    try_to([&] {
        for (auto const& output : stemlathe::parse_manifest_outputs(text)) {
            require_inner(output.path);
        }
    });
    try_to([&] {
        auto const lines = stemlathe::parse_md5_list(text);
        if (stemlathe::parse_md5_list(stemlathe::md5_list(lines)) != lines) {
            std::abort();
        }
    });
    return 0;
}
