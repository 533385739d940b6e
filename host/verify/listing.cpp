#include "host/verify/listing.hpp"

#include "host/qc/md5_list.hpp"
#include "host/verify/json_fields.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace stemlathe {

namespace {

constexpr char const* kManifestFile = "manifest.json";
constexpr char const* kSheetFile = "qc.json";
constexpr std::string_view kMasters = "masters/";
constexpr std::string_view kSongs = "songs/"; // of an album

class ListingReader {
  public:
    explicit ListingReader(SealedFolder const& folder) : folder_(folder) {}

    [[nodiscard]] Listing read() {
        bool const has_manifest = folder_.look(kManifestFile).kind != PlaceKind::nothing;
        listing_.is_package = !has_manifest && folder_.look(kSheetFile).kind != PlaceKind::nothing;
        if (has_manifest) {
            read_manifest();
        } else if (!listing_.is_package && packages().empty()) {
            throw Failure{
                Code::invalid_argument,
                fmt::format(
                    "{} has neither manifest.json nor qc.json, so nothing says what was delivered; "
                    "name the folder that `stemlathe master` wrote, or one of its masters/ folders",
                    folder_.root().string()
                )}
                .about_file(folder_.root().string());
        } else if (!listing_.is_package) {
            add("missing", kManifestFile, "manifest.json is missing");
        }
        if (listing_.is_package) {
            read_package("");
        }
        for (auto const& package : packages()) {
            read_package(package);
        }
        return std::move(listing_);
    }

  private:
    void add(std::string code, std::string path, std::string message) {
        listing_.discrepancies.push_back(
            {.code = std::move(code), .path = std::move(path), .message = std::move(message)}
        );
    }

    /// A document's text, or nothing and a discrepancy.
    std::optional<std::string> text_of(std::string const& path) {
        try {
            if (folder_.look(path).kind == PlaceKind::link) {
                add("link", path, path + " is a link; a delivery holds files");
                return std::nullopt;
            }
            return folder_.document(path);
        } catch (Failure const& failure) {
            add("document", path, failure.what());
            return std::nullopt;
        }
    }

    void read_manifest() {
        auto const text = text_of(kManifestFile);
        if (!text) {
            return;
        }
        try {
            for (auto const& output : parse_manifest_outputs(*text)) {
                auto& promise = listing_.files[output.path];
                promise.bytes = output.bytes;
                promise.sha256 = output.sha256;
            }
            listing_.has_manifest = true;
        } catch (Failure const& failure) {
            add("document", kManifestFile, failure.what());
        }
    }

    /// Of a job's own masters, or of a song's in an album.
    static bool is_below_masters(std::string const& path) {
        return path.starts_with(kMasters) ||
               (path.starts_with(kSongs) &&
                path.find("/" + std::string{kMasters}) == path.find('/', kSongs.size()));
    }

    /// Folders below masters/ that have, or should have, a qc.json.
    [[nodiscard]] std::set<std::string> packages() const {
        std::set<std::string> folders;
        auto const note = [&](std::string const& path) {
            if (is_below_masters(path) && path.ends_with(std::string{"/"} + kSheetFile)) {
                folders.insert(path.substr(0, path.size() - std::string_view{kSheetFile}.size()));
            }
        };
        for (auto const& [path, promise] : listing_.files) {
            note(path);
        }
        if (!listing_.is_package) {
            std::ranges::for_each(folder_.files_below("masters"), note);
        }
        return folders;
    }

    /// @param package  its folder, with "/" at the end, or ""
    void read_package(std::string const& package) {
        auto const text = text_of(package + kSheetFile);
        if (!text) {
            return; // that it is missing the manifest knows
        }
        try {
            auto record = parse_qc_json(*text);
            for (auto& file : record.files) {
                promise_file(package, std::move(file));
            }
            read_sums(package, record.package);
            listing_.packages[package] = std::move(record);
        } catch (Failure const& failure) {
            add("document", package + kSheetFile, failure.what());
        }
    }

    void promise_file(std::string const& package, ListedFile file) {
        auto const path = package + file.path;
        auto& promise = listing_.files[path];
        if ((promise.bytes && *promise.bytes != file.bytes) ||
            (!promise.sha256.empty() && promise.sha256 != file.sums.sha256)) {
            add("contradiction",
                path,
                fmt::format("manifest.json and {}qc.json disagree about {}", package, path));
        }
        if (!promise.bytes) {
            promise.bytes = file.bytes;
            promise.sha256 = file.sums.sha256;
        }
        promise.md5 = file.sums.md5;
        promise.package = package;
        if (file.is_audio) {
            promise.audio = std::move(file);
        }
    }

    void read_sums(std::string const& package, std::string const& name) {
        auto const list = package + name + ".md5";
        auto const text = text_of(list);
        if (!text) {
            if (!listing_.has_manifest) {
                add("missing", list, list + " is missing");
            }
            return;
        }
        listing_.files[list]; // the list is a file of the package too
        try {
            for (auto const& line : parse_md5_list(*text)) {
                promise_sum(package, list, line);
            }
        } catch (Failure const& failure) {
            add("checksum_list", list, list + ": " + failure.what());
        }
    }

    void promise_sum(std::string const& package, std::string const& list, Md5Line const& line) {
        if (!is_inner_path(line.path)) {
            add("checksum_list",
                list,
                fmt::format("{} lists {}, which is no path inside the folder", list, line.path));
            return;
        }
        auto& promise = listing_.files[package + line.path];
        if (!promise.md5.empty() && promise.md5 != line.md5) {
            add("contradiction",
                package + line.path,
                fmt::format("{} and {}qc.json disagree about {}", list, package, line.path));
            return;
        }
        promise.md5 = line.md5;
        promise.package = package;
    }

    SealedFolder const& folder_;
    Listing listing_{};
};

} // namespace

Listing read_listing(SealedFolder const& folder) {
    return ListingReader{folder}.read();
}

} // namespace stemlathe
