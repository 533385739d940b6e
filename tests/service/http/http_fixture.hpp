#pragma once

#include "service/http/server.hpp"
#include "tests/service/http/raw_client.hpp"
#include "tests/service/http/scripted_application.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stemlathe::test {

/// A server on a free port; a test lays down the application and the limits, then starts it.
class HttpFixture : public testing::Test {
  protected:
    void start() {
        server = std::make_unique<service::HttpServer>(settings, application);
    }

    [[nodiscard]] RawClient client(char const* from = "127.0.0.1") const {
        return RawClient{server->port(), from};
    }

    void say_hello_at(std::string const& path) {
        application.on(path, [](service::Request const&) {
            return service::Response{.body = std::string{"hello"}};
        });
    }

    service::HttpSettings settings{.port = 0};
    ScriptedApplication application{};
    std::unique_ptr<service::HttpServer> server{};
};

} // namespace stemlathe::test
