// What stemlathe.toml may say, and how a mistake in it is told.

#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"
#include "service/server/settings.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

class Settings : public testing::Test {
  protected:
    service::ServerSettings read(std::string const& text) {
        auto const file = temp_.path() / "stemlathe.toml";
        write_text(file, text);
        service::ServerSettings settings;
        service::read_config(file, settings);
        return settings;
    }

    std::string complaint_about(std::string const& text) {
        try {
            static_cast<void>(read(text));
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::invalid_argument);
            return failure.what();
        }
        return "nothing";
    }

    TempFolder temp_{};
};

TEST_F(Settings, AreTheDefaultsWhereNothingIsSaid) {
    auto const settings = read("");
    EXPECT_EQ(settings.data, "var");
    EXPECT_FALSE(settings.tls.are_named());
    EXPECT_EQ(settings.http.address, "127.0.0.1");
    EXPECT_EQ(settings.http.port, 8080);
    EXPECT_EQ(settings.agent.lease, std::chrono::seconds{30});
    EXPECT_TRUE(settings.watch.folder.empty());
    EXPECT_FALSE(settings.webhooks.targets.allow_http);
    EXPECT_FALSE(settings.webhooks.targets.allow_private);
    EXPECT_EQ(settings.webhooks.retries.size(), 7U);
    EXPECT_EQ(settings.webhooks.timeout, std::chrono::seconds{10});
}

TEST_F(Settings, TakeEveryKey) {
    auto const settings = read(R"(
[http]
listen = "[::1]:9090"
hosts = ["mastering.example"]
trusted_proxies = ["127.0.0.1", "::1"]
[tls]
certificate = "/etc/stemlathe/tls/fullchain.pem"
key = "/etc/stemlathe/tls/privkey.pem"
[data]
dir = "/srv/stemlathe"
keep_free_percent = 5
keep_free_gib = 50
bin_days = 7
house_quota_gib = 2000
[store]
url = "postgresql://db/songs"
[blobs]
dir = "/mnt/songs"
[worker]
devices = ["cuda:0", "cuda:1"]
threads = 4
lease_s = 60
drain_s = 10
[limits]
token_per_s = 12.5
token_burst = 40
client_per_s = 0
address_burst = 7
[profiles]
file = "/etc/stemlathe/profiles.toml"
[watch]
dir = "/srv/drop"
preset = "pre_1"
[webhooks]
allow_http = true
allow_private = true
key_file = "/etc/stemlathe/webhooks.key"
retry_s = [0.5, 60]
timeout_s = 2
)");
    EXPECT_EQ(settings.http.address, "::1");
    EXPECT_EQ(settings.http.port, 9090);
    EXPECT_EQ(settings.http.hosts, std::vector<std::string>{"mastering.example"});
    EXPECT_EQ(settings.http.trusted_proxies, (std::vector<std::string>{"127.0.0.1", "::1"}));
    EXPECT_TRUE(settings.tls.are_named());
    EXPECT_EQ(settings.tls.certificate, "/etc/stemlathe/tls/fullchain.pem");
    EXPECT_EQ(settings.tls.key, "/etc/stemlathe/tls/privkey.pem");
    EXPECT_EQ(settings.data, "/srv/stemlathe");
    EXPECT_EQ(settings.store_url, "postgresql://db/songs");
    EXPECT_EQ(settings.blobs, "/mnt/songs");
    EXPECT_EQ(settings.keep_free.percent, 5);
    EXPECT_EQ(settings.keep_free.bytes, std::int64_t{50} << 30U);
    EXPECT_EQ(settings.bin, std::chrono::days{7});
    EXPECT_EQ(settings.house_quota_bytes, std::int64_t{2000} << 30U);
    EXPECT_EQ(settings.rates.token.per_s, 12.5);
    EXPECT_EQ(settings.rates.token.burst, 40.0);
    EXPECT_TRUE(settings.rates.client.is_off());
    EXPECT_EQ(settings.rates.address.burst, 7.0);
    EXPECT_EQ(settings.rates.address.per_s, 50.0);
    EXPECT_EQ(settings.agent.devices.size(), 2U);
    EXPECT_EQ(settings.agent.threads, 4);
    EXPECT_EQ(settings.agent.lease, std::chrono::seconds{60});
    EXPECT_EQ(settings.agent.heartbeat, std::chrono::seconds{10})
        << "six signs of life in a lease, as 5 s are to 30 s";
    EXPECT_EQ(settings.agent.drain, std::chrono::seconds{10});
    EXPECT_EQ(settings.profiles, "/etc/stemlathe/profiles.toml");
    EXPECT_EQ(settings.watch.folder, "/srv/drop");
    EXPECT_EQ(settings.watch.preset, "pre_1");
    EXPECT_TRUE(settings.webhooks.targets.allow_http);
    EXPECT_TRUE(settings.webhooks.targets.allow_private);
    EXPECT_EQ(settings.webhooks.key_file, "/etc/stemlathe/webhooks.key");
    using Pauses = std::vector<std::chrono::milliseconds>;
    EXPECT_EQ(
        settings.webhooks.retries, (Pauses{std::chrono::milliseconds{500}, std::chrono::minutes{1}})
    );
    EXPECT_EQ(settings.webhooks.timeout, std::chrono::seconds{2});
}

TEST_F(Settings, NameTheNearestWordForAKeyThatIsNone) {
    EXPECT_NE(complaint_about("[http]\nlissen = \"x\"").find("listen"), std::string::npos);
    EXPECT_NE(complaint_about("[htpp]\nlisten = \"x\"").find("http"), std::string::npos);
}

TEST_F(Settings, WantACertificateWithItsKey) {
    auto const both = std::string{"must name both"};
    EXPECT_NE(
        complaint_about("[tls]\ncertificate = \"a.pem\"").find("lacks key"), std::string::npos
    );
    EXPECT_NE(
        complaint_about("[tls]\nkey = \"a.key\"").find("lacks certificate"), std::string::npos
    );
    EXPECT_NE(complaint_about("[tls]\nkey = \"a.key\"").find(both), std::string::npos);
    EXPECT_NE(complaint_about("[tls]\ncert = \"a.pem\"").find("certificate"), std::string::npos);
    EXPECT_FALSE(read("[tls]").tls.are_named());
}

TEST_F(Settings, TakeABucketInsteadOfAFolder) {
    EXPECT_FALSE(read("[blobs]\ndir = \"/srv/masters\"").s3.has_value());
    auto const settings = read(R"(
[blobs]
url = "s3://masters/house"
endpoint = "https://s3.example.org:9000"
region = "eu-central-1"
credentials = "/etc/stemlathe/s3"
cache_gib = 7
)");
    ASSERT_TRUE(settings.s3.has_value());
    EXPECT_EQ(settings.s3->bucket, "masters");
    EXPECT_EQ(settings.s3->prefix, "house/");
    EXPECT_EQ(settings.s3->endpoint, "https://s3.example.org:9000");
    EXPECT_EQ(settings.s3->region, "eu-central-1");
    EXPECT_EQ(settings.s3->credentials, "/etc/stemlathe/s3");
    EXPECT_EQ(settings.s3->cache_bytes, std::int64_t{7} << 30U);
    EXPECT_TRUE(settings.blobs.empty());
    EXPECT_NE(
        complaint_about("[blobs]\nurl = \"https://masters\"").find("s3://bucket"), std::string::npos
    );
    EXPECT_NE(
        complaint_about("[blobs]\nurl = \"s3://masters\"\ndir = \"/srv\"").find("both"),
        std::string::npos
    );
    EXPECT_EQ(
        read("[blobs]\nurl = \"s3://masters\"\n[uploads]\ndir = \"/srv/u\"").uploads, "/srv/u"
    );
    EXPECT_NE(
        complaint_about("[blobs]\ndir = \"/srv/b\"\n[uploads]\ndir = \"/srv/u\"")
            .find("uploads.dir is for files in a bucket"),
        std::string::npos
    );
    // What belongs to a bucket means nothing without one.
    EXPECT_NE(complaint_about("[blobs]\nregion = \"here\""), "nothing");
    EXPECT_NE(complaint_about("[blobs]\nurl = \"s3://masters\"\ncache_gib = 0"), "nothing");
}

TEST_F(Settings, RefuseAddressesAndValuesOutOfRange) {
    for (auto const* listen :
         {"8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", ""}) {
        auto const sentence = complaint_about("[http]\nlisten = \"" + std::string{listen} + "\"");
        EXPECT_NE(sentence.find("address and a port"), std::string::npos) << listen;
    }
    EXPECT_NE(
        complaint_about("[http]\ntrusted_proxies = [\"proxy.example\"]").find("proxy.example"),
        std::string::npos
    );
    EXPECT_NE(complaint_about("[worker]\nthreads = 0"), "nothing");
    EXPECT_NE(complaint_about("[webhooks]\ntimeout_s = 0"), "nothing");
    EXPECT_NE(complaint_about("[webhooks]\nretry_s = [5, -1]"), "nothing");
    EXPECT_NE(complaint_about("[worker]\nlease_s = 0.5"), "nothing");
    EXPECT_NE(complaint_about("[worker]\ndevices = []").find("--no-worker"), std::string::npos);
    EXPECT_NE(complaint_about("[data]\nkeep_free_percent = 91"), "nothing");
}

} // namespace

} // namespace stemlathe::test
