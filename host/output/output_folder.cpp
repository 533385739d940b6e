#include "host/output/output_folder.hpp"

#include "formats/atomic_file.hpp"
#include "host/output/storage_error.hpp"
#include "host/report/manifest.hpp"
#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

namespace stemlathe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kOurPrefix = ".stemlathe-";
constexpr char const* kManifestName = "manifest.json";

/// What jobs left that were killed. We hold the lock, so nobody is building there any more.
void remove_leftovers(fs::path const& folder) {
    std::error_code error;
    for (auto const& entry : fs::directory_iterator{folder, error}) {
        auto const name = entry.path().filename().string();
        if (name.starts_with(kOurPrefix) && name != kLockName) {
            fs::remove_all(entry.path(), error);
            if (error) {
                throw storage_error(error, "remove what a stopped job left in", folder);
            }
        }
    }
}

fs::path make_staging(fs::path const& folder) {
    auto name = (folder / (std::string{kOurPrefix} + "XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw storage_error({errno, std::generic_category()}, "write to", folder);
    }
    return name;
}

/// A path that stays below its folder by its own words: relative, and without ".." in it.
bool stays_inside(fs::path const& relative) {
    return !relative.empty() && relative.is_relative() &&
           std::none_of(relative.begin(), relative.end(), [](auto const& part) {
               return part == ".." || part == ".";
           });
}

/// The outputs of the manifest in `folder`; none if it cannot be read as one.
std::vector<std::string> former_outputs(fs::path const& folder) {
    std::ifstream file{folder / kManifestName, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    return outputs_of_manifest(text);
}

} // namespace

OutputFolder::OutputFolder(fs::path folder) : lock_(std::move(folder)) {
    remove_leftovers(lock_.folder());
    staging_ = make_staging(lock_.folder());
}

OutputFolder::~OutputFolder() {
    std::error_code ignored; // the next job clears what cannot be removed now
    fs::remove_all(staging_, ignored);
}

fs::path const& OutputFolder::folder() const noexcept {
    return lock_.folder();
}

fs::path OutputFolder::stage(fs::path const& relative) {
    STEMLATHE_ASSERT(stays_inside(relative) && relative != kManifestName);
    auto path = staging_ / relative;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) {
        throw storage_error(error, "write to", folder());
    }
    return path;
}

std::vector<fs::path> OutputFolder::staged_files() const {
    std::vector<fs::path> files;
    for (auto const& entry : fs::recursive_directory_iterator{staging_}) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path().lexically_relative(staging_));
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Whatever can go wrong before the first rename goes wrong here, while OUT is as it was.
void OutputFolder::prepare_places(std::vector<fs::path> const& files) const {
    for (auto const& file : files) {
        sync_to_disk(staging_ / file);
    }
    std::vector<fs::path> made;
    for (auto const& file : files) {
        std::error_code error;
        auto place = folder();
        for (auto const& part : file.parent_path()) {
            place /= part;
            if (fs::create_directory(place, error)) {
                made.push_back(place);
            }
        }
        if (!error && fs::is_directory(folder() / file)) {
            error = std::make_error_code(std::errc::is_a_directory);
        }
        if (error) {
            std::for_each(made.rbegin(), made.rend(), [](auto const& empty) {
                std::error_code ignored;
                fs::remove(empty, ignored);
            });
            throw storage_error(error, "put a result at", folder() / file);
        }
    }
}

void OutputFolder::move_in(std::vector<fs::path> const& files) const {
    std::size_t done = 0;
    try {
        for (auto const& file : files) {
            std::error_code error;
            fs::rename(staging_ / file, folder() / file, error);
            if (error) {
                throw storage_error(error, "put a result at", folder() / file);
            }
            ++done;
        }
        std::set<fs::path> places;
        for (auto const& file : files) {
            places.insert((folder() / file).parent_path());
        }
        for (auto const& place : places) {
            sync_to_disk(place);
        }
    } catch (Failure const& failure) {
        std::string in_place;
        for (std::size_t i = 0; i < done; ++i) {
            in_place += (i == 0 ? "" : ", ") + files[i].string();
        }
        throw Failure{
            failure.code(),
            fmt::format(
                "{}; already in place and whole: {}", failure.what(), done > 0 ? in_place : "none"
            )}
            .about_file(failure.file());
    }
}

void OutputFolder::remove_former(
    std::vector<std::string> const& former, std::vector<std::string> const& current
) const {
    std::error_code error;
    auto const root = fs::canonical(folder(), error);
    for (auto const& name : former) {
        fs::path const relative{name};
        bool const is_kept = std::find(current.begin(), current.end(), name) != current.end();
        if (is_kept || !stays_inside(relative) || relative == kManifestName ||
            name.starts_with(kOurPrefix)) {
            continue;
        }
        // A linked folder on the way would lead elsewhere: only what truly lies below OUT goes.
        if (fs::canonical((root / relative).parent_path(), error) !=
            (root / relative).parent_path()) {
            continue;
        }
        if (fs::is_regular_file(fs::symlink_status(root / relative, error))) {
            fs::remove(root / relative, error);
        }
        for (auto above = relative.parent_path(); !above.empty(); above = above.parent_path()) {
            if (!fs::is_empty(root / above, error) || error) {
                break;
            }
            fs::remove(root / above, error);
        }
    }
}

void OutputFolder::publish(std::string_view manifest) {
    STEMLATHE_ASSERT(!published_);
    auto files = staged_files();
    auto const former = former_outputs(folder());
    write_text_atomically(staging_ / kManifestName, manifest);
    files.emplace_back(kManifestName); // last
    prepare_places(files);
    move_in(files);
    published_ = true;
    remove_former(former, outputs_of_manifest(std::string{manifest}));
}

} // namespace stemlathe
