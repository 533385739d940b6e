#include "service/agent/outputs.hpp"

#include "kernels/base/failure.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::size_t kFilesMax = 4096;
constexpr std::array<std::string_view, 3> kAlways{"manifest.json", "report.html", "report.json"};

Failure lie(std::string const& what) {
    return {Code::internal, "the executor's result does not hold: " + what};
}

/// The plain files below `out`, relative and in order. Links lead elsewhere, so there are none.
std::vector<std::string> files_in(std::filesystem::path const& out) {
    std::vector<std::string> names;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{out}) {
        auto const name = entry.path().lexically_relative(out).generic_string();
        if (entry.is_directory() && !entry.is_symlink()) {
            continue;
        }
        if (!entry.is_regular_file() || entry.is_symlink() || names.size() == kFilesMax) {
            throw lie(name + " is no plain file, or one too many");
        }
        names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

/// What the result says of deliveries: their profiles by folder, their digests by file.
struct Said {
    std::map<std::string, std::string> profiles{};
    std::map<std::string, std::string> digests{};
};

Said said_in(boost::json::object const& result) {
    try {
        Said said;
        for (auto const& delivery : result.at("deliveries").as_array()) {
            said.profiles[std::string{delivery.at("name").as_string()}] =
                delivery.at("profile").as_string();
            for (auto const& file : delivery.at("files").as_array()) {
                said.digests[std::string{file.at("path").as_string()}] =
                    file.at("sha256").as_string();
            }
        }
        return said;
    } catch (std::exception const&) {
        throw lie("it has no deliveries");
    }
}

/// "masters/<delivery>/..." belongs to the delivery's profile.
std::string profile_of(std::string const& name, Said const& said) {
    constexpr std::string_view kMasters = "masters/";
    if (!name.starts_with(kMasters)) {
        return {};
    }
    auto const rest = name.substr(kMasters.size());
    auto const found = said.profiles.find(rest.substr(0, rest.find('/')));
    return found != said.profiles.end() ? found->second : std::string{};
}

void check_complete(std::vector<std::string> const& names, Said const& said) {
    auto const require = [&](std::string const& name) {
        if (!std::ranges::binary_search(names, name)) {
            throw lie(name + " is missing");
        }
    };
    for (auto const name : kAlways) {
        require(std::string{name});
    }
    for (auto const& [name, digest] : said.digests) {
        require(name);
    }
}

/// The only file of a delivery that is one; empty: it has none or several.
std::string only_file(boost::json::value const& delivery) {
    auto const& files = delivery.at("files").as_array();
    return files.size() == 1 ? std::string{files.front().at("path").as_string()} : std::string{};
}

} // namespace

std::string review_source(boost::json::object const& result) {
    try {
        std::string first;
        for (auto const& delivery : result.at("deliveries").as_array()) {
            auto const profile = delivery.at("profile").as_string();
            auto file = profile != "stems" ? only_file(delivery) : std::string{};
            if (!file.empty() && profile == "streaming") {
                return file;
            }
            first = first.empty() ? std::move(file) : first;
        }
        return first;
    } catch (std::exception const&) {
        throw lie("it has no deliveries");
    }
}

std::vector<Output> publish_outputs(
    BlobStore& blobs, std::filesystem::path const& out, boost::json::object const& result
) {
    auto const said = said_in(result);
    std::vector<std::string> names;
    try {
        names = files_in(out);
    } catch (std::filesystem::filesystem_error const& error) {
        throw lie(error.what());
    }
    check_complete(names, said);
    std::vector<Output> outputs;
    for (auto const& name : names) {
        auto const blob = blobs.publish(out / name);
        auto const digest = said.digests.find(name);
        if (digest != said.digests.end() && digest->second != blob.digest) {
            throw lie(fmt::format("{} is another file than was measured", name));
        }
        outputs.push_back({.name = name, .profile = profile_of(name, said), .blob = blob});
    }
    return outputs;
}

} // namespace stemlathe::service
