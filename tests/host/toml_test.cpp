#include "host/toml/nearest_name.hpp"
#include "host/toml/table_reader.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace stemlathe::test {

namespace {

constexpr std::array<std::string_view, 4> kNames{"threshold_db", "ratio", "knee_db", "attack_ms"};

TEST(NearestName, ForgivesTyposAndCase) {
    EXPECT_EQ(nearest_name("treshold_db", kNames), "threshold_db");
    EXPECT_EQ(nearest_name("RATIO", kNames), "ratio");
    EXPECT_EQ(nearest_name("threshold", kNames), "threshold_db");
    EXPECT_EQ(nearest_name("completely else", kNames), "");
    EXPECT_EQ(nearest_name("", kNames), "");
    EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(NearestName, ListsTheNamesWhereNoneIsNear) {
    EXPECT_EQ(
        suggestion("zzzzzzzz", kNames),
        "; it must be one of: threshold_db, ratio, knee_db, attack_ms"
    );
}

TEST(TomlNumber, ReadsBackAsTheSameDouble) {
    for (double const value : {0.0, 1.0, -0.5, 0.1, 1.0 / 3.0, 1e-300, 1e300, 123456789.125}) {
        auto const text = "x = " + toml_number(value);
        auto const table = parse_toml(text, "t", Code::invalid_plan);
        EXPECT_TRUE(table["x"].is_floating_point()) << text;
        EXPECT_EQ(table["x"].value<double>(), value) << text;
    }
}

TEST(TomlText, ReadsBackAsTheSameText) {
    for (std::string const value : {"", "a\"b\\c", "line\nbreak\ttab\x01\x7F", "Höhe 音"}) {
        auto const table = parse_toml("x = " + toml_text(value), "t", Code::invalid_plan);
        EXPECT_EQ(table["x"].value<std::string>(), value);
    }
}

TEST(TableReader, RefusesNumbersThatAreNone) {
    auto const table = parse_toml("a = nan\nb = inf\nc = true\nd = \"1\"", "t", Code::invalid_plan);
    TableReader reader{table, "t", "", Code::invalid_plan};
    for (auto const* key : {"a", "b", "c", "d"}) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, key, [&] {
            (void)reader.number(key, {0.0, 10.0});
        })) << key;
    }
}

TEST(TableReader, NeverGivesANegativeZero) {
    auto const table = parse_toml("a = -0.0\nb = [-0.0]", "t", Code::invalid_plan);
    TableReader reader{table, "t", "", Code::invalid_plan};
    EXPECT_FALSE(std::signbit(*reader.number("a", {-1.0, 1.0})));
    EXPECT_FALSE(std::signbit(reader.numbers("b", {-1.0, 1.0})->front()));
}

TEST(TableReader, SaysWhereInTheDocumentAKeyStands) {
    auto const table = parse_toml("[[stem]]\n[[stem]]\nratoi = 2", "plan.toml", Code::invalid_plan);
    TableReader reader{table, "plan.toml", "", Code::invalid_plan};
    auto stems = reader.tables("stem");
    ASSERT_EQ(stems.size(), 2U);
    (void)stems[1].number("ratio", {1.0, 100.0});
    auto const failure = failure_of([&] { stems[1].finish(); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->key(), "stem[1].ratoi");
    EXPECT_EQ(failure->file(), "plan.toml");
    EXPECT_STREQ(
        failure->what(),
        "plan.toml: stem[1].ratoi is not a key that stemlathe knows; did you mean \"ratio\"?"
    );
}

TEST(TextFile, IsReadWholeUpToALimit) {
    TempFolder const folder;
    write_file(folder / "empty", "");
    EXPECT_EQ(read_text_file(folder / "empty", Code::invalid_plan), "");
    write_file(folder / "large", std::string((4U << 20U) + 1, ' '));
    EXPECT_TRUE(fails_with(Code::invalid_plan, "larger than 4 MiB", [&] {
        (void)read_text_file(folder / "large", Code::invalid_plan);
    }));
    EXPECT_TRUE(fails_with(Code::not_found, "gone", [&] {
        (void)read_text_file(folder / "gone", Code::invalid_plan);
    }));
}

} // namespace

} // namespace stemlathe::test
