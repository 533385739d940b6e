#include "host/plan/plan_json.hpp"
#include "host/plan/plan_toml.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {
namespace {

MasteringPlan parse(std::string_view text) {
    return parse_plan_json(text, "plan");
}

/// Every kind of value of contract section 4, as JSON.
constexpr auto* kFull = R"({
"schema":"stemlathe.plan/1",
"stem":[{"match":"vocals","gain_db":-0.5,"pan":0.25,"width":1.5,"mute":true,"invert":true,
  "eq":[{"type":"bell","hz":2500,"gain_db":-3.5,"q":1.3,
         "dynamic":{"key":"drums","threshold_db":-31}},
        {"type":"curve","points":[[100,1.5],[1000.5,-2]]}],
  "dynamics":{"threshold_db":-21,"ratio":2.5,"detector":"peak"},
  "region":[{"start_s":47,"end_s":48.5,"gain_db":-1.5,"eq":[{"type":"bell","hz":7000}]}]},
 {"match":"*","eq":"off","dynamics":"off"}],
"bus":{"multiband":{"crossovers_hz":[120,800],"band":[{"ratio":1.8},{"ratio":1.9},{"ratio":2.1}]},
       "limiter":{"lookahead_ms":4,"release_ms":[70,400]}},
"reference":{"strength":0.3,"max_gain_db":3.5},
"masking":{"fix":"off"},
"delivery":[{"profile":"streaming","integrated_lufs":-12.5,"limiter":"off","bit_depth":"float",
             "seed":9007199254740992},
            {"profile":"archive","integrated_lufs":"off","bit_depth":16}]})";

TEST(PlanJson, MeansWhatTheSameTomlMeans) {
    auto const plan = parse(kFull);
    EXPECT_EQ(parse_plan(plan_toml(plan), "plan.toml"), plan);
    EXPECT_EQ(parse(plan_json(plan)), plan);
    ASSERT_EQ(plan.stem.size(), 2U);
    EXPECT_EQ(plan.stem[0].gain_db, -0.5);
    EXPECT_TRUE(plan.stem[0].mute);
    EXPECT_EQ(plan.masking_fix, false);
    EXPECT_EQ(plan.delivery[0].seed, 9'007'199'254'740'992U);
    EXPECT_EQ(plan.delivery[1].bit_depth, 16);
}

TEST(PlanJson, NullMeansTheSameAsLeftOut) {
    auto const empty = plan_toml(parse("{}"));
    EXPECT_EQ(
        plan_toml(parse(R"({"stem":null,"bus":null,"reference":null,"masking":null})")), empty
    );
    EXPECT_EQ(
        plan_toml(parse(R"({"bus":{"eq":null,"limiter":null,"multiband":null}})")),
        plan_toml(parse(R"({"bus":{}})"))
    );
    EXPECT_EQ(
        plan_toml(parse(R"({"stem":[{"match":"bass","pan":null,"dynamics":null}]})")),
        plan_toml(parse(R"({"stem":[{"match":"bass"}]})"))
    );
}

struct Wrong {
    char const* text;
    char const* key; ///< that the complaint is about
};

TEST(PlanJson, NamesTheKeyThatIsWrong) {
    for (auto const& [text, key] :
         {Wrong{R"({"stem":[{"match":"a"},{"gain_db":"loud"}]})", "stem[1].gain_db"},
          Wrong{R"({"stem":[{"gain_db":99}]})", "stem[0].gain_db"},
          Wrong{R"({"stem":[{"mute":"yes"}]})", "stem[0].mute"},
          Wrong{R"({"stem":[{"match":7}]})", "stem[0].match"},
          Wrong{R"({"stem":{}})", "stem"},
          Wrong{R"({"stem":[7]})", "stem"},
          Wrong{R"({"bus":[]})", "bus"},
          Wrong{R"({"bus":{"eq":"on"}})", "bus.eq"},
          Wrong{R"({"bus":{"eq":7}})", "bus.eq"},
          Wrong{R"({"bus":{"limiter":{"release_ms":[1,"x"]}}})", "bus.limiter.release_ms"},
          Wrong{R"({"reference":true})", "reference"},
          Wrong{R"({"masking":{"fix":true}})", "masking.fix"},
          Wrong{R"({"delivery":[{}]})", "delivery[0].profile"},
          Wrong{
              R"({"delivery":[{"profile":"cd","seed":18446744073709551615}]})", "delivery[0].seed"},
          Wrong{R"({"delivery":[{"profile":"cd","seed":1.5}]})", "delivery[0].seed"},
          Wrong{R"({"schema":"stemlathe.plan/2"})", "schema"},
          Wrong{R"({"buss":{}})", "buss"}}) {
        auto const failure = failure_of([&, text = text] { static_cast<void>(parse(text)); });
        ASSERT_TRUE(failure) << text;
        EXPECT_EQ(failure->code(), Code::invalid_plan) << text;
        EXPECT_EQ(failure->key(), key) << failure->what();
    }
}

TEST(PlanJson, IsOneObject) {
    for (auto const* text : {"", "7", "null", "[]", "{", R"({"a":1,})", "\"{}\""}) {
        auto const failure = failure_of([&] { static_cast<void>(parse(text)); });
        ASSERT_TRUE(failure) << text;
        EXPECT_EQ(failure->code(), Code::invalid_plan) << text;
    }
}

} // namespace
} // namespace stemlathe::test
