#include "host/report/manifest.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

Manifest sample_manifest() {
    Manifest manifest;
    manifest.engine.version = "1.2.3";
    manifest.engine.device = "cpu/x86-64-v4";
    manifest.plan_sha256 = "ab12";
    manifest.inputs.push_back({.path = "01_Dr\"ums.wav", .bytes = 5'000'000'000, .sha256 = "cd34"});
    manifest.outputs.push_back({.path = "masters/cd/Füße.wav", .bytes = 44, .sha256 = "ef56"});
    manifest.outputs.push_back({.path = "plan.toml", .bytes = 7, .sha256 = "0789"});
    return manifest;
}

TEST(Manifest, ListsEveryInputAndOutput) {
    auto const document = boost::json::parse(manifest_json(sample_manifest()));
    EXPECT_EQ(document.at("schema"), "stemlathe.manifest/1");
    EXPECT_EQ(document.at("engine").at("device"), "cpu/x86-64-v4");
    EXPECT_EQ(document.at("plan_sha256"), "ab12");
    EXPECT_EQ(document.at_pointer("/inputs/0/path"), "01_Dr\"ums.wav");
    EXPECT_EQ(document.at_pointer("/inputs/0/bytes"), 5'000'000'000);
    EXPECT_EQ(document.at_pointer("/outputs/1/sha256"), "0789");
}

TEST(Manifest, GivesItsOutputsBack) {
    EXPECT_EQ(
        outputs_of_manifest(manifest_json(sample_manifest())),
        (std::vector<std::string>{"masters/cd/Füße.wav", "plan.toml"})
    );
}

TEST(Manifest, IsEmptyWhereTheTextIsNone) {
    for (auto const* text :
         {"",
          "[]",
          "{",
          "{\"outputs\": [{\"path\": \"a\"}]}",
          "{\"schema\": \"stemlathe.manifest/2\", \"outputs\": [{\"path\": \"a\"}]}",
          "{\"schema\": \"stemlathe.manifest/1\", \"outputs\": 3}",
          "{\"schema\": \"stemlathe.manifest/1\", \"outputs\": [7, {\"path\": 8}, null]}"}) {
        EXPECT_TRUE(outputs_of_manifest(text).empty()) << text;
    }
}

} // namespace

} // namespace stemlathe::test
