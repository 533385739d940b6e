#pragma once

#include "service/blobs/blob_source.hpp"
#include "service/blobs/scrub_record.hpp"
#include "service/cli/remote_options.hpp"
#include "service/server/settings.hpp"
#include "service/store/database.hpp"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

namespace stemlathe::service {

/// The files of an installation, to be read where they are kept.
/// @throws Failure{invalid_argument} the bucket holds those of another one; StoreUnavailable
[[nodiscard]] std::unique_ptr<BlobSource const>
kept_blobs(ServerSettings const& settings, Database& database);

/// Where a command finds an installation: its data folder, and its database whether a service works
/// on it or not.
struct StorePlace {
    std::string data{};
    std::string config{};
    RemoteOptions remote{}; ///< of the service that works on an SQLite installation

    void declare(Arguments& arguments);

    /// @throws Failure{invalid_argument} neither --data nor --config was given
    [[nodiscard]] ServerSettings settings(std::string_view command) const;

    /// Puts the database into a new file, see store/snapshot.hpp: of a PostgreSQL by its url, of an
    /// SQLite installation itself where no service works on it, else by asking that service.
    /// @throws Failure{not_found} there is no installation; {invalid_argument} a service works on
    /// it and --server was not given; RemoteFailure
    void snapshot(
        std::string_view command, std::filesystem::path const& file, std::stop_token const& stop
    ) const;

    /// Tells the installation, where it is: its database, or the service that works on it, that all
    /// its files were read. @throws as snapshot
    void note_scrubbed(
        std::string_view command, ScrubRecord const& done, std::stop_token const& stop
    ) const;

    /// The database to be read: itself, or a snapshot in a temporary file that is gone already.
    [[nodiscard]] std::unique_ptr<Database>
    database(std::string_view command, std::stop_token const& stop) const;
};

} // namespace stemlathe::service
