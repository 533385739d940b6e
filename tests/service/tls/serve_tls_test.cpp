// `serve` with [tls] as an operator runs it, and everybody who speaks to it.

#include "tests/service/http/raw_client.hpp"
#include "tests/service/program.hpp"
#include "tests/service/tls/test_certificate.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

namespace stemlathe::test {

namespace {

constexpr char const* kOwner = "owner-token-of-the-environment";

class ServeOverTls : public testing::Test {
  protected:
    void SetUp() override {
        put(authority.issue({.serial = 1}), temp.path());
        write_file(ca, authority.certificate());
        write_session(song, 0.5);
    }

    /// @param more  lines of stemlathe.toml
    std::vector<std::string> words(std::string const& more = "") {
        write_file(
            config,
            "[http]\nlisten = \"127.0.0.1:0\"\n" + more + "\n[data]\ndir = \"" +
                (temp / "data").string() + "\"\n[tls]\ncertificate = \"" +
                files.certificate.string() + "\"\nkey = \"" + files.key.string() + "\"\n"
        );
        return {"serve", "--config", config};
    }

    static void as_owner() {
        ::setenv("STEMLATHE_ADMIN_TOKEN", kOwner, 1);
    }

    /// A client's command.
    Outcome run(std::vector<std::string> command, std::string const& address) {
        command.insert(command.end(), {"--server", address, "--token", kOwner});
        auto const state = (temp / "state").string();
        return run_stemlathe(command, [&] { ::setenv("XDG_STATE_HOME", state.c_str(), 1); });
    }

    static std::uint16_t port_of(std::string const& address) {
        return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    }

    static std::string serial_at(std::string const& address) {
        RawClient one{port_of(address), "127.0.0.1", Road::tls};
        EXPECT_EQ(one.get("/healthz").status, 200);
        return one.tls().serial();
    }

    static std::string get(std::string const& address, std::string const& path) {
        RawClient one{port_of(address), "127.0.0.1", Road::tls};
        return one.get(path).body;
    }

    TempFolder const temp{};
    TestAuthority const authority{};
    service::TlsFiles const files{.certificate = temp / "server.pem", .key = temp / "server.key"};
    std::filesystem::path const ca = temp / "ca.pem";
    std::filesystem::path const config = temp / "stemlathe.toml";
    std::filesystem::path const song = temp / "song";
};

TEST_F(ServeOverTls, IsReachedByTheHousesOwnCommands) {
    auto const box = temp / "box";
    std::filesystem::create_directory(box);
    Program serve{words("[watch]\ndir = \"" + box.string() + "\""), as_owner};
    auto const address = serve.printed_after("listening on ");
    ASSERT_TRUE(address.starts_with("https://127.0.0.1:")) << address;
    auto const submitted =
        run({"submit", song, "--ca", ca, "--deliver", "streaming", "--wait", "--json"}, address);
    ASSERT_EQ(submitted.exit_code, 0) << submitted.err;
    std::string const render{submitted.json().at("id").as_string()};
    auto const fetched = run({"fetch", render, "--ca", ca, "--out", temp / "out"}, address);
    EXPECT_EQ(fetched.exit_code, 0) << fetched.err;
    EXPECT_TRUE(std::filesystem::exists(temp / "out" / "report.html"));
    EXPECT_EQ(run({"status", render, "--ca", ca}, address).exit_code, 0);

    // The watched folder knows its own service by its key, which is another one now.
    put(authority.issue({.serial = 2}), temp.path());
    serve.send(SIGHUP);
    ASSERT_TRUE(serve.await("\"serial\":\"02\""));
    std::filesystem::copy(song, box / "dropped");
    write_file(box / "dropped/.done", "");
    ASSERT_TRUE(serve.await("dropped: done")) << serve.err();
    serve.send(SIGTERM);
    EXPECT_EQ(serve.outcome().exit_code, 0);
}

TEST_F(ServeOverTls, IsNotBelievedWithoutItsAuthority) {
    Program serve{words(), as_owner};
    auto const address = serve.printed_after("listening on ");
    auto const stranger = run({"status", "rnd_1"}, address);
    EXPECT_EQ(stranger.exit_code, 1);
    EXPECT_NE(stranger.err.find("is not trusted here"), std::string::npos) << stranger.err;
    EXPECT_NE(stranger.err.find("--ca"), std::string::npos) << stranger.err;
    write_file(temp / "other.pem", TestAuthority{}.certificate());
    auto const other = run({"status", "rnd_1", "--ca", temp / "other.pem"}, address);
    EXPECT_NE(other.err.find("is not trusted here"), std::string::npos) << other.err;
    auto const nothing = run({"status", "rnd_1", "--ca", temp / "nowhere"}, address);
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_NE(nothing.err.find("--ca is"), std::string::npos) << nothing.err;
    auto const known = run({"status", "rnd_1", "--ca", ca}, address);
    EXPECT_EQ(known.exit_code, 2) << known.err; // reached: there is no such render
    EXPECT_EQ(known.err.find("trusted"), std::string::npos) << known.err;
}

TEST_F(ServeOverTls, ReloadsOnSighupAndByItself) {
    Program serve{words(), as_owner};
    auto const address = serve.printed_after("listening on ");
    EXPECT_EQ(serial_at(address), "1");
    put(authority.issue({.serial = 2}), temp.path());
    serve.send(SIGHUP);
    ASSERT_TRUE(serve.await("\"serial\":\"02\""));
    EXPECT_EQ(serial_at(address), "2");
    write_file(files.key, "rubbish");
    serve.send(SIGHUP);
    ASSERT_TRUE(serve.await("the new certificate is refused, the old one stays in use"));
    EXPECT_EQ(serial_at(address), "2");
    put(authority.issue({.serial = 3, .ends_in_s = 86'400 * 5}), temp.path());
    ASSERT_TRUE(serve.await("\"serial\":\"03\""));
    ASSERT_TRUE(serve.await("in 4 days; renew it"));
    EXPECT_EQ(serial_at(address), "3");
    EXPECT_NE(
        get(address, "/metrics").find("\nstemlathe_tls_certificate_expiry_seconds "),
        std::string::npos
    );
    serve.send(SIGTERM);
    EXPECT_EQ(serve.outcome().exit_code, 0);
}

TEST_F(ServeOverTls, GoesOnWithoutTlsAtSighup) {
    Program serve{{"serve", "--data", temp / "data", "--listen", "127.0.0.1:0"}};
    auto const address = serve.printed_after("listening on ");
    serve.send(SIGHUP);
    ASSERT_TRUE(serve.await("there is no [tls] to read anew"));
    RawClient one{port_of(address)};
    auto const answer = one.get("/healthz");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("strict-transport-security"), "");
    EXPECT_EQ(
        RawClient{port_of(address)}.get("/metrics").body.find("certificate_expiry"),
        std::string::npos
    );
    serve.send(SIGTERM);
    EXPECT_EQ(serve.outcome().exit_code, 0);
}

TEST_F(ServeOverTls, DoesNotStartWithFilesThatAreNoGood) {
    write_file(files.key, authority.issue({}).key);
    auto const mixed = run_stemlathe(words());
    EXPECT_EQ(mixed.exit_code, 2);
    EXPECT_NE(mixed.err.find("is not the key of the certificate"), std::string::npos) << mixed.err;
    std::filesystem::remove(files.certificate);
    auto const missing = run_stemlathe(words());
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_NE(missing.err.find("[tls] certificate names, is not there"), std::string::npos)
        << missing.err;
    EXPECT_FALSE(std::filesystem::exists(temp / "data")) << "nothing was begun";
}

TEST_F(ServeOverTls, StartsWithACertificateWhoseTimeIsOver) {
    put(authority.issue({.begins_in_s = -100, .ends_in_s = -10}), temp.path());
    using std::filesystem::perms;
    std::filesystem::permissions(files.key, perms{0644});
    Program serve{words()};
    auto const address = serve.printed_after("listening on ");
    EXPECT_TRUE(serve.await("clients refuse it: renew it"));
    EXPECT_TRUE(serve.await("can be read by every user of this machine"));
    EXPECT_EQ(serial_at(address), "1");
}

TEST_F(ServeOverTls, WarnsWhereOthersCouldReadAlong) {
    auto const says = [&](std::string const& more) {
        write_file(
            config,
            "[http]\nlisten = \"0.0.0.0:0\"\n" + more + "\n[data]\ndir = \"" +
                (temp / "data").string() + "\"\n"
        );
        Program serve{{"serve", "--config", config}};
        static_cast<void>(serve.printed_after("listening on "));
        return serve.err().find("travel unencrypted to 0.0.0.0") != std::string::npos;
    };
    EXPECT_TRUE(says(""));
    EXPECT_FALSE(says("trusted_proxies = [\"10.0.0.1\"]"));
    EXPECT_FALSE(says(
        "[tls]\ncertificate = \"" + files.certificate.string() + "\"\nkey = \"" +
        files.key.string() + "\""
    ));
}

/// Independent judges: what is not installed is not asked.
TEST_F(ServeOverTls, IsWellSpokenByTheJudgementOfCurlAndOpenssl) {
    Program serve{words()};
    auto const address = serve.printed_after("listening on ");
    auto const port = std::to_string(port_of(address));
    auto const trusting = "--silent --show-error --cacert " + ca.string() + " ";
    auto const place = "https://localhost:" + port + "/healthz";
    auto const curl = run_program("curl " + trusting + "-D - " + place);
    auto const openssl = run_program(
        "openssl s_client -connect localhost:" + port + " -servername localhost -CAfile " +
        ca.string() + " -verify_return_error -verify_hostname localhost -alpn http/1.1 </dev/null"
    );
    if (!curl && !openssl) {
        GTEST_SKIP() << "neither curl nor openssl is installed";
    }
    if (curl) {
        EXPECT_EQ(curl->exit_code, 0) << curl->output;
        EXPECT_TRUE(curl->output.starts_with("HTTP/1.1 200 OK")) << curl->output;
        EXPECT_NE(curl->output.find("Strict-Transport-Security: max-age="), std::string::npos);
        constexpr int kNoHandshake = 35; // CURLE_SSL_CONNECT_ERROR
        auto const old = run_program("curl " + trusting + "--tls-max 1.1 " + place);
        EXPECT_EQ(old->exit_code, kNoHandshake) << old->output;
        auto const two = run_program("curl " + trusting + "--tls-max 1.2 " + place);
        EXPECT_EQ(two->exit_code, 0) << two->output;
        auto const plain = run_program("curl --silent http://localhost:" + port + "/healthz");
        EXPECT_NE(plain->output.find("This port speaks HTTPS"), std::string::npos);
    }
    if (openssl) {
        EXPECT_EQ(openssl->exit_code, 0) << openssl->output;
        for (auto const* words :
             {"Verify return code: 0 (ok)",
              "ALPN protocol: http/1.1",
              "TLSv1.3",
              "Compression: NONE",
              "Secure Renegotiation IS NOT supported"}) {
            EXPECT_NE(openssl->output.find(words), std::string::npos) << words << openssl->output;
        }
    }
}

} // namespace

} // namespace stemlathe::test
