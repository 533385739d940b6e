#include "service/server/server.hpp"
#include "service/store/snapshot.hpp"
#include "tests/service/http/raw_client.hpp"
#include "tests/service/store/faulty_disk.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

/// POST /v1/snapshots of a whole service, whose disk is held up while it copies.
namespace stemlathe::test {

namespace {

class ServedSnapshot : public ::testing::Test {
  protected:
    ServedSnapshot() {
        install_faulty_disk();
        service::ServerSettings settings;
        settings.data = folder.path() / "var";
        settings.http.port = 0;
        settings.agent.devices.clear();
        settings.keep_free = {.percent = 0, .bytes = 0};
        settings.admin_token = "owner";
        server = std::make_unique<service::Server>(settings);
        client = std::make_unique<RawClient>(port());
    }

    [[nodiscard]] std::uint16_t port() const {
        auto const address = server->address();
        return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    }

    boost::json::object
    ask(std::string_view method, std::string_view path, int status, std::string_view more = "") {
        auto const* const body = method == "POST" ? "{}" : "";
        client->send(fmt::format(
            "{} {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer owner\r\n{}"
            "Content-Length: {}\r\n\r\n{}",
            method,
            path,
            more,
            std::string_view{body}.size(),
            body
        ));
        auto const answer = client->response();
        EXPECT_EQ(answer.status, status) << path << ": " << answer.body;
        return boost::json::parse(answer.body).as_object();
    }

    TempFolder folder{};
    std::unique_ptr<service::Server> server{};
    std::unique_ptr<RawClient> client{};
};

TEST_F(ServedSnapshot, HoldsNobodyUp) {
    ask("POST", "/v1/sessions", 201);
    DiskGate gate{"/snapshots/"};
    auto const begun = ask("POST", "/v1/snapshots", 202);
    auto const place = fmt::format("/v1/snapshots/{}", begun.at("id").as_string().c_str());
    gate.await();
    ask("POST", "/v1/sessions", 201);
    EXPECT_EQ(ask("GET", "/v1/sessions", 200).at("items").as_array().size(), 2U);
    ask("POST", "/v1/snapshots", 423);
    EXPECT_EQ(ask("GET", place, 200).at("state"), "running");
    // Who waits for it hears of its end at once.
    std::jthread const opener{[&] {
        gate.open();
    }};
    EXPECT_EQ(ask("GET", place, 200, "Prefer: wait=50\r\n").at("state"), "ready");
    auto const file = folder.path() / "var" / begun.at("file").as_string().c_str();
    auto const copied = service::open_snapshot(file);
    EXPECT_EQ(copied->query("SELECT count(*) AS count FROM session").front().integer("count"), 1)
        << "as it was when it was asked for";
}

} // namespace

} // namespace stemlathe::test
