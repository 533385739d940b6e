#include "host/verify/verify_folder.hpp"

#include "formats/checksum.hpp"
#include "host/loudness/meter.hpp"
#include "host/verify/check_audio.hpp"
#include "host/verify/listing.hpp"
#include "host/verify/sealed_folder.hpp"
#include "host/verify/summary.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace stemlathe {

namespace {

/// A file so much larger than was delivered is not decoded: it is another one anyway.
constexpr std::int64_t kTagBytesMost = 64LL << 20U;
constexpr std::size_t kFiguresNamedMost = 6;

/// What a look at one listed file found.
struct FileCheck {
    std::vector<Discrepancy> discrepancies{};
    bool is_measured = false;
};

class FileChecker {
  public:
    FileChecker(SealedFolder const& folder, Listing const& listing, std::stop_token const& stop)
        : folder_(folder), listing_(listing), stop_(stop) {}

    [[nodiscard]] FileCheck check(std::string const& path, Promise const& promise) const {
        FileCheck result;
        auto const place = folder_.look(path);
        if (place.kind != PlaceKind::file) {
            result.discrepancies.push_back(not_there(path, place.kind));
            return result;
        }
        auto difference = difference_of(path, promise, place);
        if (promise.audio && !promise.audio->fingerprint.empty()) {
            measure(path, promise, place, difference, result);
        }
        if (difference) {
            result.discrepancies.insert(result.discrepancies.begin(), std::move(*difference));
        }
        return result;
    }

  private:
    static Discrepancy not_there(std::string const& path, PlaceKind kind) {
        if (kind == PlaceKind::nothing) {
            return {.code = "missing", .path = path, .message = path + " is missing"};
        }
        return {
            .code = kind == PlaceKind::link ? "link" : "not_a_file",
            .path = path,
            .message = path + (kind == PlaceKind::link ? " is a link; a delivery holds files"
                                                       : " is no file")};
    }

    /// How its size or its bytes differ from what was promised.
    std::optional<Discrepancy>
    difference_of(std::string const& path, Promise const& promise, Place const& place) const {
        if (promise.bytes && place.bytes != *promise.bytes) {
            bool const is_shorter = place.bytes < *promise.bytes;
            return Discrepancy{
                .code = is_shorter ? "truncated" : "longer",
                .path = path,
                .message = fmt::format(
                    "{} has {} bytes; {} were delivered", path, place.bytes, *promise.bytes
                ),
                .measured = static_cast<double>(place.bytes),
                .expected = static_cast<double>(*promise.bytes),
                .unit = "bytes"};
        }
        if (promise.sha256.empty() && promise.md5.empty()) {
            return std::nullopt;
        }
        auto const sums = checksums_of_file(folder_.path(path));
        bool const is_same = (promise.sha256.empty() || sums.sha256 == promise.sha256) &&
                             (promise.md5.empty() || sums.md5 == promise.md5);
        if (is_same) {
            return std::nullopt;
        }
        return Discrepancy{
            .code = "changed",
            .path = path,
            .message = path + " is not the file that was delivered"};
    }

    void measure(
        std::string const& path,
        Promise const& promise,
        Place const& place,
        std::optional<Discrepancy>& difference,
        FileCheck& result
    ) const {
        if (promise.bytes && place.bytes > *promise.bytes + kTagBytesMost) {
            return;
        }
        try {
            auto const reading = inspect_file(folder_.path(path), stop_);
            result.is_measured = true;
            compare(path, promise, reading, difference, result);
        } catch (Failure const& failure) {
            if (failure.code() == Code::cancelled) {
                throw;
            }
            if (!difference) {
                difference = Discrepancy{.code = "unreadable", .path = path, .message = {}};
            }
            difference->message +=
                (difference->message.empty() ? "" : ": ") + std::string{failure.what()};
        }
    }

    void compare(
        std::string const& path,
        Promise const& promise,
        LoudnessReading const& reading,
        std::optional<Discrepancy>& difference,
        FileCheck& result
    ) const {
        auto const& listed = *promise.audio;
        auto figures = figure_discrepancies(path, listed, reading);
        bool const is_same_audio = reading.audio_fingerprint == listed.fingerprint;
        if (difference && is_same_audio) {
            difference->code = "retagged";
            difference->message = path +
                                  " has other tags or another header than were delivered; its "
                                  "audio is the same, sample by sample";
        } else if (difference) {
            difference->message += figures.empty() ? "; its audio differs, though not in any figure"
                                                   : "; its audio measures otherwise too";
        } else if (!is_same_audio && !listed.is_lossy) {
            figures.push_back(
                {.code = "figure",
                 .path = path,
                 .message =
                     fmt::format("qc.json's audio_fingerprint of {} is not the file's", path)}
            );
        }
        if (figures.size() > kFiguresNamedMost) {
            auto const more = figures.size() - kFiguresNamedMost;
            figures.resize(kFiguresNamedMost);
            figures.back().message += fmt::format("; and {} more figures differ", more);
        }
        std::ranges::move(figures, std::back_inserter(result.discrepancies));
        auto const package = listing_.packages.find(promise.package);
        if (package != listing_.packages.end()) {
            std::ranges::move(
                limit_discrepancies(path, package->second, listed, reading),
                std::back_inserter(result.discrepancies)
            );
        }
    }

    SealedFolder const& folder_;
    Listing const& listing_;
    std::stop_token stop_;
};

/// Files that nobody listed, where only listed ones belong.
std::vector<std::string> unlisted(SealedFolder const& folder, Listing const& listing) {
    auto files = folder.files_below(listing.is_package ? "" : "masters");
    std::erase_if(files, [&](std::string const& path) {
        bool const is_sheet = listing.is_package && path == "qc.json";
        return is_sheet || listing.files.contains(path);
    });
    return files;
}

/// Turns a missing file and an unlisted one with its bytes into a renamed one.
void note_unlisted(
    SealedFolder const& folder, Listing const& listing, std::vector<Discrepancy>& discrepancies
) {
    for (auto const& path : unlisted(folder, listing)) {
        auto const place = folder.look(path);
        auto const original = std::ranges::find_if(discrepancies, [&](Discrepancy const& found) {
            auto const promise = listing.files.find(found.path);
            return found.code == "missing" && promise != listing.files.end() &&
                   promise->second.bytes == place.bytes && place.kind == PlaceKind::file &&
                   !promise->second.sha256.empty() &&
                   sha256_of_file(folder.path(path)) == promise->second.sha256;
        });
        if (original != discrepancies.end()) {
            original->code = "renamed";
            original->message = fmt::format(
                "{} is now called {}; its bytes are those that were delivered", original->path, path
            );
            continue;
        }
        discrepancies.push_back(
            {.code = place.kind == PlaceKind::link ? "link" : "extra",
             .path = path,
             .message = path + " was not delivered"}
        );
    }
}

void note_own_verdicts(Listing const& listing, Verification& verification) {
    for (auto const& [folder, package] : listing.packages) {
        std::ranges::move(laxer_limits(package), std::back_inserter(verification.notes));
        bool const is_found =
            std::ranges::any_of(verification.discrepancies, [&](auto const& found) {
                return found.code == "outside_spec" && found.path.starts_with(folder);
            });
        if (!package.within_spec && !is_found) {
            verification.discrepancies.push_back(
                {.code = "outside_spec",
                 .path = folder + "qc.json",
                 .message = fmt::format(
                     "{} missed its own spec when it was delivered, as its qc.json says",
                     package.package
                 )}
            );
        }
    }
}

} // namespace

Verification
verify_folder(std::filesystem::path const& path, Tasks& tasks, std::stop_token const& stop) {
    SealedFolder const folder{path};
    auto listing = read_listing(folder);
    std::vector<std::pair<std::string, Promise>> const files{
        listing.files.begin(), listing.files.end()};
    std::vector<FileCheck> checks(files.size());
    FileChecker const checker{folder, listing, stop};
    tasks.for_each(files.size(), [&](std::size_t i) {
        checks[i] = checker.check(files[i].first, files[i].second);
    });
    Verification verification{
        .folder = folder.root(),
        .packages = static_cast<std::int64_t>(listing.packages.size()),
        .files = static_cast<std::int64_t>(files.size()),
        .discrepancies = std::move(listing.discrepancies)};
    for (auto& check : checks) {
        verification.measured += check.is_measured ? 1 : 0;
        std::ranges::move(check.discrepancies, std::back_inserter(verification.discrepancies));
    }
    note_unlisted(folder, listing, verification.discrepancies);
    note_own_verdicts(listing, verification);
    summarise(verification);
    return verification;
}

} // namespace stemlathe
