#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace stemlathe::test {

namespace {

TEST(JsonText, WritesNumbersAsPeopleDo) {
    EXPECT_EQ(
        json_text(boost::json::array{-14.02, 0.5, 48'000, 1e-7, 20.0}),
        "[-14.02, 0.5, 48000, 0.0000001, 20]\n"
    );
}

TEST(JsonText, IndentsAndKeepsPlainListsOnOneLine) {
    boost::json::object const object{
        {"a", {{"b", nullptr}}}, {"c", boost::json::array{1, 2}}, {"d", boost::json::array{}}};
    EXPECT_EQ(
        json_text(object),
        "{\n  \"a\": {\n    \"b\": null\n  },\n  \"c\": [1, 2],\n  \"d\": []\n}\n"
    );
}

TEST(JsonText, IsReadBackAsTheSameValue) {
    boost::json::object const object{
        {"quote\"\\\n\x01", "Füße\t\"x\""}, {"half", -0.5}, {"huge", 1e300}, {"yes", true}};
    EXPECT_EQ(boost::json::parse(json_text(object)), boost::json::value(object));
}

TEST(JsonText, LosesNoBitOfANumber) {
    for (double const number : {1.0 / 3.0, -4.9e-300, 1.7e308, 0.1, 123456789.123456789}) {
        EXPECT_EQ(std::stod(json_text(number)), number);
    }
}

TEST(Rounded, KeepsAsManyDecimalsAsAsked) {
    EXPECT_EQ(rounded(-14.01649, 3), boost::json::value(-14.016));
    EXPECT_EQ(json_text(rounded(-0.0001, 3)), "0\n");
}

TEST(Rounded, IsNullWhereThereIsNoNumber) {
    EXPECT_TRUE(rounded(std::nullopt, 2).is_null());
    EXPECT_TRUE(rounded(std::numeric_limits<double>::quiet_NaN(), 2).is_null());
    EXPECT_TRUE(rounded(-std::numeric_limits<double>::infinity(), 2).is_null());
}

} // namespace

} // namespace stemlathe::test
