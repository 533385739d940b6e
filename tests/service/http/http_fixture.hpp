#pragma once

#include "service/http/server.hpp"
#include "service/tls/tls_context.hpp"
#include "tests/service/http/raw_client.hpp"
#include "tests/service/http/scripted_application.hpp"
#include "tests/service/tls/test_certificate.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stemlathe::test {

/// A server on a free port; a test lays down the application and the limits, then starts it.
class HttpFixture : public testing::Test {
  protected:
    explicit HttpFixture(Road the_road = Road::plain) : road{the_road} {
        if (road == Road::tls) {
            TempFolder const folder;
            auto const files = put(authority.issue({}), folder.path());
            service::Certificate const certificate{files};
            key_pin = certificate.facts().key_pin;
            context = service::make_tls_context(certificate);
            settings.make_wire = [this](int socket) {
                return service::tls_wire(*context, socket);
            };
        }
    }

    void start() {
        server = std::make_unique<service::HttpServer>(settings, application);
    }

    [[nodiscard]] RawClient client(char const* from = "127.0.0.1") const {
        return RawClient{server->port(), from, road};
    }

    void say_hello_at(std::string const& path) {
        application.on(path, [](service::Request const&) {
            return service::Response{.body = std::string{"hello"}};
        });
    }

    Road const road;
    TestAuthority const authority{};
    service::TlsContext context{}; ///< on the encrypted road
    std::string key_pin{};         ///< the same
    service::HttpSettings settings{.port = 0};
    ScriptedApplication application{};
    std::unique_ptr<service::HttpServer> server{};
};

/// The same over each kind of wire.
class RoadFixture : public HttpFixture, public testing::WithParamInterface<Road> {
  protected:
    RoadFixture() : HttpFixture{GetParam()} {}
};

[[nodiscard]] inline std::string name_of_road(testing::TestParamInfo<Road> const& info) {
    return info.param == Road::tls ? "tls" : "plain";
}

/// To be written once for each suite of a RoadFixture's.
#define STEMLATHE_ON_BOTH_ROADS(suite)                                                             \
    INSTANTIATE_TEST_SUITE_P(Over, suite, testing::Values(Road::plain, Road::tls), name_of_road)

} // namespace stemlathe::test
