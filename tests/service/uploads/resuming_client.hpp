#pragma once

#include "tests/service/uploads/upload_service.hpp"

#include <filesystem>
#include <string>

/// A client that survives as real ones do: it remembers where its uploads are and asks for offsets.
namespace stemlathe::test {

class ResumingClient {
  public:
    /// @param memory  a folder that outlives the client and the service
    ResumingClient(UploadService& service, std::filesystem::path memory);

    /// Gets the whole file up, from wherever it stands.
    /// @param piece_bytes  of one PATCH
    /// @param algorithm    of checksums over each PATCH; empty: none
    void upload(
        std::string const& filename,
        std::string const& bytes,
        std::size_t piece_bytes,
        std::string const& algorithm = {}
    );

    /// The same in two parts that are put together.
    void upload_in_parts(std::string const& filename, std::string const& bytes);

  private:
    /// The offset of the upload that is remembered under `name`, or of a new one.
    [[nodiscard]] std::size_t
    begin(std::string const& name, std::size_t bytes, std::string const& given, bool is_part);
    void send_rest(
        std::string const& name,
        std::string const& bytes,
        std::size_t offset,
        std::size_t piece_bytes,
        std::string const& algorithm
    );

    [[nodiscard]] std::string recall(std::string const& name) const;
    void remember(std::string const& name, std::string const& location) const;

    UploadService& service_;
    std::filesystem::path memory_;
};

} // namespace stemlathe::test
