#include "service/client/http_client.hpp"
#include "service/tls/certificate.hpp"
#include "tests/service/http/http_fixture.hpp"

#include <string>

/// By what a client knows a server.
namespace stemlathe::test {

namespace {

using service::CertificateFailure;
using service::HttpClient;
using service::ServerTrust;

class ServerTrustOf : public HttpFixture {
  protected:
    ServerTrustOf() : HttpFixture{Road::tls} {}

    void SetUp() override {
        say_hello_at("/hello");
        settings.address =
            "0.0.0.0"; // so that 127.0.0.2, which the certificate lacks, is there too
        start();
    }

    [[nodiscard]] std::string asked(ServerTrust const& trust, std::string const& host) const {
        HttpClient client{{}, std::chrono::seconds{10}, trust};
        return client
            .send({.url = "https://" + host + ":" + std::to_string(server->port()) + "/hello"})
            .body;
    }

    TempFolder const temp{};
};

TEST_F(ServerTrustOf, IsThatOfTheMachineAndOfTheHouse) {
    write_file(temp / "ca.pem", authority.certificate());
    write_file(temp / "other.pem", TestAuthority{}.certificate());
    EXPECT_EQ(asked({.authorities = temp / "ca.pem"}, "localhost"), "hello");
    EXPECT_EQ(asked({.authorities = temp / "ca.pem"}, "127.0.0.1"), "hello");
    EXPECT_THROW((void)asked({.authorities = temp / "ca.pem"}, "127.0.0.2"), CertificateFailure);
    EXPECT_THROW((void)asked({.authorities = temp / "other.pem"}, "localhost"), CertificateFailure);
    EXPECT_THROW((void)asked({}, "localhost"), CertificateFailure);
}

TEST_F(ServerTrustOf, IsInAKeyAloneWhereThatIsGiven) {
    auto const with_pin = [](std::string const& pin) {
        return ServerTrust{.key_pin = [pin] {
            return pin;
        }};
    };
    EXPECT_EQ(asked(with_pin(key_pin), "127.0.0.2"), "hello");
    auto wrong = key_pin;
    wrong[10] = wrong[10] == 'A' ? 'B' : 'A';
    EXPECT_THROW((void)asked(with_pin(wrong), "127.0.0.1"), CertificateFailure);
    EXPECT_THROW((void)asked(with_pin(""), "127.0.0.1"), CertificateFailure)
        << "a pin is asked for";
}

} // namespace

} // namespace stemlathe::test
