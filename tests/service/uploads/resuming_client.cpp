#include "tests/service/uploads/resuming_client.hpp"

#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace stemlathe::test {

using service::Method;

ResumingClient::ResumingClient(UploadService& service, std::filesystem::path memory)
    : service_{service}, memory_{std::move(memory)} {}

std::string ResumingClient::recall(std::string const& name) const {
    auto const path = memory_ / name;
    return std::filesystem::exists(path) ? read_file(path) : std::string{};
}

void ResumingClient::remember(std::string const& name, std::string const& location) const {
    // Whole or not at all, as a client's own storage would have it.
    write_file(memory_ / (name + ".new"), location);
    std::filesystem::rename(memory_ / (name + ".new"), memory_ / name);
}

std::size_t ResumingClient::begin(
    std::string const& name, std::size_t bytes, std::string const& given, bool is_part
) {
    auto const location = recall(name);
    if (!location.empty()) {
        auto const reply = service_.head(location);
        if (reply.status() == 200) {
            return std::stoul(reply.field("Upload-Offset"));
        }
    }
    auto request = UploadService::request(
        Method::post,
        "/v1/uploads",
        {{"upload-length", std::to_string(bytes)}, {"upload-metadata", given}}
    );
    if (is_part) {
        request.fields["upload-concat"] = "partial";
    }
    auto const made = service_.send(std::move(request));
    EXPECT_EQ(made.status(), 201);
    remember(name, made.field("Location"));
    return 0;
}

void ResumingClient::send_rest(
    std::string const& name,
    std::string const& bytes,
    std::size_t offset,
    std::size_t piece_bytes,
    std::string const& algorithm
) {
    auto const location = recall(name);
    while (offset < bytes.size()) {
        auto const piece = bytes.substr(offset, piece_bytes);
        auto request =
            UploadService::patch_request(location, static_cast<std::int64_t>(offset), piece);
        if (!algorithm.empty()) {
            request.fields["upload-checksum"] = checksum(algorithm, piece);
        }
        auto const reply = service_.send(std::move(request), piece);
        ASSERT_EQ(reply.status(), 204);
        offset = std::stoul(reply.field("Upload-Offset"));
    }
}

void ResumingClient::upload(
    std::string const& filename,
    std::string const& bytes,
    std::size_t piece_bytes,
    std::string const& algorithm
) {
    auto const given = for_session(filename, sha256_of(bytes));
    auto const offset = begin(filename, bytes.size(), given, false);
    send_rest(filename, bytes, offset, piece_bytes, algorithm);
}

void ResumingClient::upload_in_parts(std::string const& filename, std::string const& bytes) {
    auto const given = for_session(filename, sha256_of(bytes));
    auto const parts = [&] {
        return recall(filename + ".1") + " " + recall(filename + ".2");
    };
    // Its parts may be used up already, when only the answer was lost.
    if (!recall(filename + ".2").empty() && service_.concatenate(parts(), given).status() == 201) {
        return;
    }
    auto const half = bytes.size() / 2;
    for (int i = 0; i < 2; ++i) {
        auto const name = filename + "." + std::to_string(i + 1);
        auto const part = i == 0 ? bytes.substr(0, half) : bytes.substr(half);
        send_rest(name, part, begin(name, part.size(), "", true), part.size(), "");
    }
    EXPECT_EQ(service_.concatenate(parts(), given).status(), 201);
}

} // namespace stemlathe::test
