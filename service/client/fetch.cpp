#include "service/client/fetch.hpp"

#include "formats/atomic_file.hpp"
#include "formats/checksum.hpp"
#include "service/client/documents.hpp"
#include "service/client/download.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <system_error>

namespace stemlathe::service {

namespace {

constexpr std::string_view kManifest = "manifest.json";

struct Output {
    std::string name{};
    std::int64_t bytes = 0;
    std::string sha256{};
    bool is_released = false;
};

/// "masters/cd/song.wav" and nothing that leads elsewhere: the server may be anybody.
bool stays_inside(std::string_view name) {
    if (name.empty() || name.find_first_of(std::string_view{"\\\0", 2}) != name.npos) {
        return false;
    }
    while (true) {
        auto const slash = name.find('/');
        auto const step = name.substr(0, slash);
        if (step.empty() || step.starts_with('.')) {
            return false;
        }
        if (slash == name.npos) {
            return true;
        }
        name.remove_prefix(slash + 1);
    }
}

std::vector<Output> outputs_of(boost::json::object const& render) {
    std::vector<Output> outputs;
    for (auto const& item : objects_in(render, "outputs")) {
        Output const output{
            .name = text_in(item, "name"),
            .bytes = static_cast<std::int64_t>(number_in(item, "bytes")),
            .sha256 = text_in(item, "sha256"),
            .is_released = !text_in(item, "url").empty()};
        if (!stays_inside(output.name)) {
            throw unreachable(fmt::format(
                "the server names an output \"{}\", which would not lie in the folder; nothing "
                "was fetched",
                output.name
            ));
        }
        outputs.push_back(output);
    }
    // The manifest stands for all of them, so it comes last.
    std::ranges::stable_partition(outputs, [](auto const& one) { return one.name != kManifest; });
    return outputs;
}

/// As a path of a URL (RFC 3986, 2.1).
std::string escaped(std::string_view name) {
    std::string path;
    for (char const c : name) {
        bool const is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                              std::string_view{"-._~/"}.find(c) != std::string_view::npos;
        path +=
            is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return path;
}

bool is_there(std::filesystem::path const& file, Output const& output) {
    std::error_code error;
    auto const bytes = std::filesystem::file_size(file, error);
    return !error && static_cast<std::int64_t>(bytes) == output.bytes &&
           sha256_of_file(file) == output.sha256;
}

bool is_report(std::string_view name) {
    return name == "report.html" || name == "report.json";
}

DownloadWish
wish_for(std::string const& render, Output const& output, std::filesystem::path const& out) {
    DownloadWish wish{
        .path = fmt::format("/v1/renders/{}/files/{}", render, escaped(output.name)),
        .file = out / output.name,
        .bytes = output.bytes,
        .sha256 = output.sha256};
    if (!output.is_released) { // reports may be read before the approval, under another address
        wish.path = fmt::format("/v1/renders/{}/report", render);
        wish.accept = output.name == "report.html" ? "text/html" : "application/json";
    }
    return wish;
}

} // namespace

Fetched fetch_render(
    Remote& remote,
    boost::json::object const& render,
    std::filesystem::path const& out,
    Steps& steps
) {
    auto const outputs = outputs_of(render);
    auto const id = text_in(render, "id");
    std::int64_t total = 1;
    for (auto const& output : outputs) {
        total += output.bytes;
    }
    Fetched fetched;
    std::int64_t before = 0;
    make_folder(out);
    for (auto const& output : outputs) {
        if (!output.is_released && !is_report(output.name)) {
            fetched.withheld.push_back(output.name);
            continue;
        }
        auto const wish = wish_for(id, output, out);
        if (!is_there(wish.file, output)) {
            make_folder(wish.file.parent_path());
            download_file(remote, wish, [&](std::int64_t bytes) {
                auto const done = static_cast<double>(before + bytes);
                steps.show("fetch", 0.0, 100.0, done / static_cast<double>(total));
            });
        }
        before += output.bytes;
        fetched.files.push_back(output.name);
    }
    return fetched;
}

} // namespace stemlathe::service
