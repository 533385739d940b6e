#include "tests/service/http/http_fixture.hpp"
#include "tests/service/http/recorded_sink.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <system_error>
#include <vector>

/// What the front does on an encrypted road alone; the rest of it is tested on both.
namespace stemlathe::test {

namespace {

using service::Admission;
using service::FileBody;
using service::Request;
using service::Response;

class HttpOverTls : public HttpFixture {
  protected:
    HttpOverTls() : HttpFixture{Road::tls} {}

    void SetUp() override {
        say_hello_at("/hello");
    }

    /// The version that both ends agree on; empty where they do not.
    [[nodiscard]] std::string agreed(RawTls::Wish const& wish) const {
        try {
            RawClient one{server->port(), wish};
            EXPECT_EQ(one.get("/hello").status, 200);
            return ::SSL_get_version(one.tls().get());
        } catch (std::system_error const&) {
            return {};
        }
    }

    [[nodiscard]] std::string cipher(RawTls::Wish const& wish) const {
        try {
            RawClient const one{server->port(), wish};
            return ::SSL_get_cipher_name(one.tls().get());
        } catch (std::system_error const&) {
            return {};
        }
    }

    SinkRecord record{};
};

auto const kIsOver = [](SinkRecord::State const& state) {
    return state.is_destroyed;
};

std::string pattern_of(std::size_t bytes) {
    std::string text(bytes, ' ');
    std::uint32_t word = 1;
    for (auto& each : text) {
        word = word * 1'664'525U + 1'013'904'223U;
        each = static_cast<char>(word >> 24U);
    }
    return text;
}

std::shared_ptr<int const> memory_file(std::string const& text) {
    int const file = ::memfd_create("body", MFD_CLOEXEC);
    EXPECT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    return {new int{file}, [](int const* descriptor) {
                ::close(*descriptor);
                delete descriptor;
            }};
}

TEST_F(HttpOverTls, SpeaksVersions12And13Alone) {
    start();
    // A client that would take 1.1: at its own level of security OpenSSL does not even ask for it.
    std::string const any = "ALL:@SECLEVEL=0";
    EXPECT_EQ(agreed({.version_max = TLS1_1_VERSION, .ciphers = any}), "");
    EXPECT_EQ(agreed({.version_max = TLS1_VERSION, .ciphers = any}), "");
    EXPECT_EQ(agreed({.version_max = TLS1_2_VERSION}), "TLSv1.2");
    EXPECT_EQ(agreed({.version_min = TLS1_3_VERSION}), "TLSv1.3");
    EXPECT_EQ(agreed({}), "TLSv1.3");
}

TEST_F(HttpOverTls, TakesCiphersWithForwardSecrecyAlone) {
    start();
    auto const offering = [](std::string const& ciphers) {
        return RawTls::Wish{.version_max = TLS1_2_VERSION, .ciphers = ciphers};
    };
    EXPECT_EQ(cipher(offering("AES128-GCM-SHA256")), "");
    EXPECT_EQ(cipher(offering("ECDHE-ECDSA-AES128-SHA")), "");
    EXPECT_EQ(cipher(offering("ECDHE-ECDSA-AES128-SHA256")), "");
    auto const* const strongest = "ECDHE-ECDSA-AES256-GCM-SHA384";
    auto const* const preferred = "ECDHE-ECDSA-AES128-GCM-SHA256";
    EXPECT_EQ(cipher(offering(strongest)), strongest);
    EXPECT_EQ(cipher(offering(strongest + std::string{":"} + preferred)), preferred);
}

TEST_F(HttpOverTls, AgreesOnHttp11) {
    start();
    auto const chosen = [&](std::string const& protocols) {
        RawClient const one{server->port(), RawTls::Wish{.protocols = protocols}};
        return one.tls().protocol();
    };
    EXPECT_EQ(chosen("\x02h2\x08http/1.1"), "http/1.1");
    EXPECT_EQ(chosen("\x08http/1.1"), "http/1.1");
    EXPECT_EQ(chosen(""), "");
    EXPECT_THROW(static_cast<void>(chosen("\x02h2")), std::system_error);
}

TEST_F(HttpOverTls, NegotiatesOnce) {
    start();
    RawClient one{server->port(), RawTls::Wish{.version_max = TLS1_2_VERSION}};
    EXPECT_EQ(one.get("/hello").status, 200);
    auto* const tls = one.tls().get();
    EXPECT_EQ(::SSL_renegotiate(tls), 1);
    EXPECT_NE(::SSL_do_handshake(tls), 1);
    EXPECT_EQ(client().get("/hello").status, 200);
}

TEST_F(HttpOverTls, ResumesByTickets) {
    start();
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        RawTls::Wish wish{.version_min = version, .version_max = version};
        RawClient first{server->port(), wish};
        EXPECT_EQ(first.get("/hello").status, 200);
        wish.session = ::SSL_get1_session(first.tls().get());
        RawClient second{server->port(), wish};
        EXPECT_EQ(second.get("/hello").status, 200);
        EXPECT_EQ(::SSL_session_reused(second.tls().get()), 1) << version;
        ::SSL_SESSION_free(wish.session);
    }
}

TEST_F(HttpOverTls, TellsWhoeverSpeaksPlainHttp) {
    start();
    for (auto const* request :
         {"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n",
          "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nmuch more"}) {
        RawClient plain{server->port()};
        plain.send(request);
        auto const answer = plain.response();
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(answer.field("content-type"), "text/plain; charset=utf-8");
        EXPECT_EQ(answer.body, "This port speaks HTTPS; ask again with an address of https://.\n");
        EXPECT_EQ(plain.rest(), "");
        EXPECT_TRUE(plain.has_ended());
    }
    RawClient other{server->port()};
    other.send("\x01\x02 anything else\r\n\r\n");
    EXPECT_EQ(other.rest().find("HTTP/"), std::string::npos);
    EXPECT_TRUE(other.has_ended());
    EXPECT_EQ(application.admitted(), 0);
    EXPECT_EQ(client().get("/hello").status, 200);
}

/// Neither silence nor a byte now and then keeps a handshake open.
TEST_F(HttpOverTls, DropsSlowHandshakes) {
    settings.limits.handshake_time = std::chrono::milliseconds{150};
    start();
    std::vector<RawClient> silent;
    silent.reserve(20);
    for (int i = 0; i < 20; ++i) {
        silent.emplace_back(server->port());
    }
    RawClient drip{server->port()};
    // A record of a handshake, of 512 bytes; the first of a ClientHello.
    std::string const hello{'\x16', '\x03', '\x01', '\x02', '\0', '\x01'};
    drip.send(hello);
    EXPECT_EQ(client("127.0.0.2").get("/hello").status, 200);
    while (drip.send("\x01")) { // a server that bears it lets the test run into its time limit
        ::usleep(10'000);
    }
    for (auto& each : silent) {
        EXPECT_EQ(each.rest(), "");
        EXPECT_TRUE(each.has_ended());
    }
    EXPECT_EQ(application.refused(), 0);
}

TEST_F(HttpOverTls, CountsConnectionsThatHaveNotShakenHands) {
    settings.limits.connections_per_peer_max = 2;
    start();
    RawClient const one{server->port()};
    RawClient const two{server->port()};
    EXPECT_EQ(client().response().status, 503);
    EXPECT_EQ(client("127.0.0.2").get("/hello").status, 200);
}

TEST_F(HttpOverTls, SaysThatItIsTheEnd) {
    settings.limits.idle_time = std::chrono::milliseconds{150};
    start();
    auto asked = client();
    asked.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(asked.response().body, "hello");
    EXPECT_EQ(asked.rest(), "");
    EXPECT_TRUE(asked.tls().was_finished());
    auto idle = client();
    EXPECT_EQ(idle.get("/hello").status, 200);
    EXPECT_EQ(idle.rest(), "");
    EXPECT_TRUE(idle.tls().was_finished());
}

TEST_F(HttpOverTls, KeepsWhatCameOfAnUploadWithoutAnEnd) {
    application.on_admit("/up", [this](Request&) {
        return Admission{.sink = std::make_unique<RecordedSink>(record)};
    });
    start();
    auto one = client();
    one.send("PATCH /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf");
    record.wait_until([](auto const& state) { return state.body == "half"; });
    one.break_off(); // no close_notify
    EXPECT_EQ(one.response().status, 202) << "who only stopped sending still hears of it";
    auto const state = record.wait_until(kIsOver);
    EXPECT_EQ(state.body, "half");
    EXPECT_EQ(state.finished, 1);
    EXPECT_FALSE(state.is_complete);
}

TEST_F(HttpOverTls, CarriesLargeBodiesBothWays) {
    auto const text = pattern_of(64'000'001);
    auto const file = memory_file(text);
    application.on_admit("/up", [this](Request&) {
        return Admission{.sink = std::make_unique<RecordedSink>(record)};
    });
    application.on("/file", [&](Request const&) {
        return Response{
            .body = FileBody{.descriptor = file, .bytes = static_cast<std::int64_t>(text.size())}};
    });
    application.on("/part", [&](Request const&) {
        return Response{
            .status = 206,
            .body = FileBody{.descriptor = file, .offset = 31'415'926, .bytes = 5'358'979}};
    });
    start();
    auto one = client();
    EXPECT_TRUE(one.get("/file").body == text);
    EXPECT_TRUE(one.get("/part").body == text.substr(31'415'926, 5'358'979));
    auto const length = std::to_string(text.size());
    one.send("PATCH /up HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
    one.send(text);
    EXPECT_EQ(one.response().status, 204);
    auto const state = record.wait_until(kIsOver);
    EXPECT_TRUE(state.is_complete);
    EXPECT_TRUE(state.body == text);
    EXPECT_EQ(one.get("/hello").status, 200);
}

/// While the client does not read, buffers fill, and the record that waits is given again.
TEST_F(HttpOverTls, CarriesFilesToWhoReadsLate) {
    auto const text = pattern_of(24'000'017);
    auto const file = memory_file(text);
    application.on("/file", [&](Request const&) {
        return Response{
            .body = FileBody{
                .descriptor = file,
                .offset = 17,
                .bytes = static_cast<std::int64_t>(text.size() - 17)}};
    });
    start();
    auto one = client();
    one.send("GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    for (std::size_t const bytes : {300'000U, 5'000'000U, 1U}) {
        ::usleep(100'000);
        one.read_bytes(bytes);
    }
    EXPECT_EQ(one.read_until("\r\n\r\n").substr(0, 15), "HTTP/1.1 200 OK");
    EXPECT_TRUE(one.rest() == text.substr(17));
    EXPECT_TRUE(one.tls().was_finished());
}

TEST_F(HttpOverTls, TellsBrowsersToStayEncrypted) {
    start();
    auto one = client();
    EXPECT_EQ(one.get("/hello").field("strict-transport-security"), "max-age=31536000");
    one.send("GET / HTTP/1.1\r\n\r\n"); // no Host: the front's own refusal
    auto const refusal = one.response();
    EXPECT_EQ(refusal.status, 400);
    EXPECT_EQ(refusal.field("strict-transport-security"), "max-age=31536000");
}

} // namespace

} // namespace stemlathe::test
