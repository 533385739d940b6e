#include "tests/service/server/tus_requests.hpp"

namespace stemlathe::test {

std::uint16_t port_of(FarmProcess const& service) {
    auto const& address = service.name();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

std::string head_of(std::string const& method, std::string const& path, std::string const& fields) {
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
           kFarmOwner + "\r\nTus-Resumable: 1.0.0\r\n" + fields + "\r\n";
}

RawResponse
ask(FarmProcess const& service,
    std::string const& method,
    std::string const& path,
    std::string const& fields,
    std::string const& body) {
    RawClient client{port_of(service)};
    client.send(
        head_of(method, path, fields + "Content-Length: " + std::to_string(body.size()) + "\r\n") +
        body
    );
    return client.response(method != "HEAD");
}

std::string chunk_at(std::size_t offset) {
    return "Content-Type: application/offset+octet-stream\r\nUpload-Offset: " +
           std::to_string(offset) + "\r\n";
}

} // namespace stemlathe::test
