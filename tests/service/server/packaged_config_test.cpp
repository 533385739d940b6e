// The stemlathe.toml that packages install: what it says, and what its commented lines would say.

#include "formats/atomic_file.hpp"
#include "service/server/settings.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>

namespace stemlathe::test {

namespace {

std::filesystem::path packaged() {
    return std::filesystem::path{STEMLATHE_PACKAGING} / "stemlathe.toml";
}

/// The file with every setting in force: "#" goes where no blank follows it.
std::string with_every_setting(std::string const& text) {
    std::istringstream lines{text};
    std::string all;
    for (std::string line; std::getline(lines, line);) {
        bool const is_setting = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        all += (is_setting ? line.substr(1) : line) + "\n";
    }
    return all;
}

TEST(PackagedConfig, ListensForThisMachineAlone) {
    service::ServerSettings settings;
    service::read_config(packaged(), settings);
    EXPECT_EQ(settings.http.address, "127.0.0.1");
    EXPECT_EQ(settings.http.port, 8080);
    EXPECT_EQ(settings.data, "/var/lib/stemlathe");
    EXPECT_FALSE(settings.tls.are_named());
    EXPECT_TRUE(settings.store_url.empty());
    EXPECT_TRUE(settings.blobs.empty());
    EXPECT_TRUE(settings.watch.folder.empty());
}

TEST(PackagedConfig, ShowsSettingsThatTheProgramHasAtTheirDefaults) {
    TempFolder const temp;
    auto const file = temp.path() / "stemlathe.toml";
    write_text(file, with_every_setting(read_file(packaged())));
    service::ServerSettings settings;
    service::read_config(file, settings);
    service::ServerSettings const defaults;
    EXPECT_EQ(settings.keep_free.percent, defaults.keep_free.percent);
    EXPECT_EQ(settings.keep_free.bytes, defaults.keep_free.bytes);
    EXPECT_EQ(settings.bin, defaults.bin);
    EXPECT_EQ(settings.agent.devices, defaults.agent.devices);
    EXPECT_EQ(settings.agent.drain, defaults.agent.drain);
    EXPECT_EQ(settings.blobs, "/srv/stemlathe");
    EXPECT_TRUE(settings.store_url.starts_with("postgresql://"));
    EXPECT_EQ(settings.http.hosts.size(), 1U);
    EXPECT_TRUE(settings.tls.are_named());
    EXPECT_EQ(settings.http.trusted_proxies.size(), 1U);
    EXPECT_EQ(settings.profiles, "/etc/stemlathe/profiles.toml");
    EXPECT_FALSE(settings.watch.preset.empty());
}

} // namespace

} // namespace stemlathe::test
