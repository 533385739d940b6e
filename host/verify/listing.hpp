#pragma once

#include "host/verify/read_package.hpp"
#include "host/verify/sealed_folder.hpp"
#include "host/verify/verify_folder.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// What documents say of one file of a delivery. Several may; they must agree.
struct Promise {
    std::optional<std::int64_t> bytes = std::nullopt;
    std::string sha256{}; ///< empty: nobody said
    std::string md5{};    ///< the same
    std::optional<ListedFile> audio = std::nullopt;
    std::string package{}; ///< its folder, with "/" at the end; "" for a folder that is a package
};

/// Everything that a folder's documents promise.
struct Listing {
    std::map<std::string, Promise> files{};          ///< by path inside the folder
    std::map<std::string, PackageRecord> packages{}; ///< by folder
    std::vector<Discrepancy> discrepancies{};        ///< documents that are damaged or disagree
    bool is_package = false;                         ///< the folder is one itself
    bool has_manifest = false;                       ///< that could be read
};

/// Reads manifest.json, and of every package qc.json and .md5.
/// @throws Failure{invalid_argument} there is neither
[[nodiscard]] Listing read_listing(SealedFolder const& folder);

} // namespace stemlathe
