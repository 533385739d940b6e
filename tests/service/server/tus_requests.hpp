#pragma once

#include "tests/service/http/raw_client.hpp"
#include "tests/service/server/farm.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

/// Uploads to a farm's services, byte by byte.
namespace stemlathe::test {

[[nodiscard]] std::uint16_t port_of(FarmProcess const& service);

/// A request's head, with `fields` as they are.
[[nodiscard]] std::string
head_of(std::string const& method, std::string const& path, std::string const& fields);

/// A request with a body, and its answer.
[[nodiscard]] RawResponse
ask(FarmProcess const& service,
    std::string const& method,
    std::string const& path,
    std::string const& fields,
    std::string const& body = {});

/// The fields of a PATCH that goes on at `offset`.
[[nodiscard]] std::string chunk_at(std::size_t offset);

} // namespace stemlathe::test
