#include "tests/service/program.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

namespace stemlathe::test {

namespace {

/// The configuration is what lies in `folder`, whoever runs this test.
std::function<void()> without_config(TempFolder const& folder) {
    return [path = folder.path().string()] {
        setenv("XDG_CONFIG_HOME", path.c_str(), 1);
    };
}

class Help : public testing::TestWithParam<std::string> {};

TEST_P(Help, IsTheApprovedText) {
    auto const help = run_stemlathe({GetParam(), "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_EQ(help.err, "");
    EXPECT_TRUE(is_golden(help.out, "help/" + GetParam() + ".txt"));
}

TEST_P(Help, IsTheSameHoweverItIsAskedFor) {
    auto const help = run_stemlathe({GetParam(), "--help"});
    EXPECT_EQ(run_stemlathe({"help", GetParam()}).out, help.out);
    EXPECT_EQ(run_stemlathe({GetParam(), "--nonsense", "-h"}).out, help.out);
}

INSTANTIATE_TEST_SUITE_P(
    OfCommand,
    Help,
    testing::Values(
        "album",
        "analyze",
        "audit",
        "backup",
        "check",
        "compare",
        "demo",
        "devices",
        "doctor",
        "fetch",
        "master",
        "measure",
        "migrate",
        "plan",
        "profiles",
        "restore",
        "scrub",
        "serve",
        "status",
        "submit",
        "verify",
        "version",
        "watch",
        "worker"
    ),
    [](auto const& test) { return test.param; }
);

TEST(MainHelp, IsTheApprovedText) {
    auto const help = run_stemlathe({"--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_TRUE(is_golden(help.out, "help/stemlathe.txt"));
    EXPECT_EQ(run_stemlathe({"help"}).out, help.out);
}

TEST(Version, NamesVersionAndCommit) {
    auto const version = run_stemlathe({"version", "--json"});
    EXPECT_EQ(version.exit_code, 0);
    auto const document = version.json();
    std::string const number{document.at("version").as_string()};
    EXPECT_NE(run_stemlathe({"--version"}).out.find(number), std::string::npos);
    EXPECT_FALSE(document.at("commit").as_string().empty());
}

TEST(Devices, SayWhyEachIsUsableOrNot) {
    auto const list = run_stemlathe({"devices", "--json"}).json();
    bool any_usable = false;
    for (auto const& device : list.as_array()) {
        EXPECT_FALSE(device.at("reason").as_string().empty());
        any_usable = any_usable || device.at("usable").as_bool();
    }
    EXPECT_TRUE(any_usable);
    EXPECT_NE(run_stemlathe({"devices"}).out.find("cpu/x86-64-v3"), std::string::npos);
}

TEST(Profiles, ListTheDefaultSetFirst) {
    TempFolder const temp;
    auto const list = run_stemlathe({"profiles", "--json"}, without_config(temp)).json();
    std::string defaults;
    for (auto const& profile : list.as_array()) {
        if (profile.at("default").as_bool()) {
            defaults += std::string{profile.at("profile").as_string()} + ",";
        }
    }
    EXPECT_EQ(defaults, "streaming,cd,vinyl,broadcast,broadcast-ebu,"); // contract section 5
    EXPECT_EQ(list.as_array().size(), 12U);
    EXPECT_NE(run_stemlathe({"profiles"}).out.find("broadcast-ebu"), std::string::npos);
}

TEST(Profiles, ListTheHousesAndTheSessionsOwnWithWhereTheyComeFrom) {
    TempFolder const temp;
    auto const house = temp / "stemlathe/profiles.toml";
    auto const session = temp / "song/profiles.toml";
    write_file(house, "[[profile]]\nname = \"house\"\nbased_on = \"cd\"");
    write_file(
        session,
        "[[profile]]\nname = \"label_x\"\nbased_on = \"house\"\ndescription = \"Label X\"\n"
        "integrated_lufs = -9.5"
    );
    auto const list =
        run_stemlathe({"profiles", temp / "song", "--json"}, without_config(temp)).json();
    ASSERT_EQ(list.as_array().size(), 14U);
    auto const& label = list.as_array()[13];
    EXPECT_EQ(label.at("profile"), "label_x");
    EXPECT_EQ(label.at("from").as_string(), session.string());
    EXPECT_EQ(label.at("based_on"), "cd");
    EXPECT_EQ(label.at("description"), "Label X");
    EXPECT_EQ(label.at("codec"), "pcm_16");
    EXPECT_EQ(label.at("sample_rate_hz"), 44'100);
    EXPECT_EQ(label.at("integrated_lufs").as_double(), -9.5);
    EXPECT_EQ(list.as_array()[12].at("from").as_string(), house.string());
    EXPECT_EQ(list.as_array()[0].at("from"), "built-in");

    auto const text = run_stemlathe({"profiles", temp / "song"}, without_config(temp)).out;
    EXPECT_NE(text.find(session.string()), std::string::npos) << text;
    EXPECT_EQ(run_stemlathe({"profiles", temp / "nowhere"}).exit_code, 2);
}

} // namespace

} // namespace stemlathe::test
