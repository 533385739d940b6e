#include "service/http/percent.hpp"
#include "service/http/target.hpp"

#include <gtest/gtest.h>

namespace stemlathe::service {

namespace {

TEST(HttpTarget, IsDecodedOnce) {
    auto const target =
        parse_target("/v1/s%C3%A4ng/a%2541:cancel?limit=50&q=a+b%26c&q=last&flag&=x&");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/v1/s\xC3\xA4ng/a%41:cancel");
    EXPECT_EQ(target->query.size(), 3U);
    EXPECT_EQ(target->query.at("limit"), "50");
    EXPECT_EQ(target->query.at("q"), "last");
    EXPECT_EQ(target->query.at("flag"), "");
    auto const spaced = parse_target("/?q=a+b%2Bc%26d%2fe[]{}|");
    ASSERT_TRUE(spaced);
    EXPECT_EQ(spaced->query.at("q"), "a b+c&d/e[]{}|");
}

TEST(HttpTarget, KeepsPathsThatAreOnlyUnusual) {
    for (auto const* const path : {"/", "/a/", "/...", "/.a", "/a..b/..c", "/a;b=c,d@e!$&'()*+~"}) {
        auto const target = parse_target(path);
        ASSERT_TRUE(target) << path;
        EXPECT_EQ(target->path, path);
    }
}

TEST(HttpTarget, RefusesWhatCouldBeReadInTwoWays) {
    for (auto const* const target : {"",           "a",         "//",         "//evil.example/a",
                                     "/a//b",      "/.",        "/..",        "/./a",
                                     "/a/..",      "/a/%2E%2e", "/%2e/a",     "/a%2fb",
                                     "/a%2Fb",     "/a%5cb",    "/a\\b",      "/%00",
                                     "/a%0Ab",     "/a%7F",     "/%",         "/%4",
                                     "/%4g",       "/%g4",      "/a#b",       "/?a=b#c",
                                     "/a\"b",      "/<a>",      "/a b",       "/?a=%00",
                                     "/?%0d",      "/?a=%zz",   "/%ff",       "/%C0%AF",
                                     "/%ED%A0%80", "/?q=%C3",   "/a\xC3\xA4", "/a|b",
                                     "/a{b}"}) {
        EXPECT_FALSE(parse_target(target)) << target;
    }
}

TEST(HttpTarget, IsWhatWasEncoded) {
    for (std::string const text : {"a b", "a/b", "\xC3\xBC", "100%", "?&=#+", "-._~", "\"<>"}) {
        EXPECT_EQ(parse_target("/?q=" + percent_encoded(text))->query.at("q"), text);
    }
    EXPECT_EQ(percent_encoded("masters/cd/\xC3\x9C 1.wav", "/"), "masters/cd/%C3%9C%201.wav");
    EXPECT_EQ(parse_target("/" + percent_encoded("a b/c#1.wav", "/"))->path, "/a b/c#1.wav");
}

} // namespace

} // namespace stemlathe::service
