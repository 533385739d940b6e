// What requests are read with: the router, documents, ranges, file names, plans' differences.

#include "service/api/byte_range.hpp"
#include "service/api/document.hpp"
#include "service/api/file_answer.hpp"
#include "service/api/filename.hpp"
#include "service/api/revision_changes.hpp"
#include "service/api/routes.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace stemlathe::test {
namespace {

std::string route_at(service::Method method, std::string_view path) {
    auto const match = service::match_route(service::api_routes(), method, path);
    return match.route ? std::string{match.route->pattern} : std::string{};
}

TEST(Router, FindsAnOperationByMethodAndPath) {
    EXPECT_EQ(route_at(service::Method::get, "/v1/sessions/ses_1"), "/v1/sessions/{session}");
    EXPECT_EQ(
        route_at(service::Method::post, "/v1/sessions/ses_1/plans:suggest"),
        "/v1/sessions/{session}/plans:suggest"
    );
    EXPECT_EQ(
        route_at(service::Method::post, "/v1/renders/rnd_1:cancel"), "/v1/renders/{render}:cancel"
    );
    EXPECT_EQ(route_at(service::Method::get, "/v1/renders/rnd_1:cancel"), "");
    EXPECT_EQ(route_at(service::Method::get, "/v1/renders/rnd_1:explode"), "");
    EXPECT_EQ(route_at(service::Method::get, "/v1/sessions/"), "");
    EXPECT_EQ(route_at(service::Method::get, "/v1/sessions/ses_1/"), "");
    EXPECT_EQ(route_at(service::Method::get, "/"), "");
}

TEST(Router, AnswersHeadByGetUnlessItHasItsOwn) {
    EXPECT_EQ(
        service::match_route(service::api_routes(), service::Method::head, "/v1/system")
            .route->method,
        service::Method::get
    );
    EXPECT_EQ(
        service::match_route(service::api_routes(), service::Method::head, "/v1/uploads/upl_1")
            .route->method,
        service::Method::head
    );
}

TEST(Router, TakesTheRestOfAPathAsOneValue) {
    auto const match = service::match_route(
        service::api_routes(), service::Method::get, "/v1/renders/rnd_1/files/masters/cd/a b.wav"
    );
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.values.at("render"), "rnd_1");
    EXPECT_EQ(match.values.at("name"), "masters/cd/a b.wav");
    EXPECT_EQ(
        service::match_route(
            service::api_routes(), service::Method::get, "/v1/renders/rnd_1/files/"
        )
            .route,
        nullptr
    );
}

TEST(Router, SaysWhichMethodsAPathHas) {
    auto const match =
        service::match_route(service::api_routes(), service::Method::put, "/v1/sessions");
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allowed, (std::vector{service::Method::post, service::Method::get}));
}

service::Problem refusal_of(std::string_view body) {
    try {
        static_cast<void>(service::parse_document(body));
    } catch (service::Problem const& problem) {
        return problem;
    }
    ADD_FAILURE() << body << " was taken";
    return service::Problem{service::ProblemKind::internal, ""};
}

TEST(Document, RefusesWhatIsNoJsonObject) {
    EXPECT_EQ(refusal_of("").kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(refusal_of("{").kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(refusal_of("{} {}").kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(refusal_of("{\"a\":1,}").kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(refusal_of("{\"a\":NaN}").kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(refusal_of("{\"a\":\"\xff\"}").kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(refusal_of("[]").kind(), service::ProblemKind::invalid_document);
    EXPECT_EQ(refusal_of("null").kind(), service::ProblemKind::invalid_document);
}

TEST(Document, RefusesAKeyThatComesTwiceInOneObject) {
    EXPECT_EQ(refusal_of(R"({"a":1,"a":2})").kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(refusal_of(R"({"a":1,"\u0061":2})").kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(
        refusal_of(R"({"b":[{"a":{"c":1,"c":1}}]})").kind(), service::ProblemKind::bad_request
    );
    EXPECT_EQ(service::parse_document(R"({"a":{"a":1},"b":{"a":[{"a":2},{"a":3}]}})").size(), 2U);
}

std::string nested(std::size_t depth) {
    return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
}

TEST(Document, HasThirtyTwoLevelsAtMost) {
    EXPECT_EQ(service::parse_document(nested(32)).size(), 1U);
    EXPECT_EQ(refusal_of(nested(33)).kind(), service::ProblemKind::bad_request);
    EXPECT_EQ(refusal_of(nested(100'000)).kind(), service::ProblemKind::bad_request);
}

/// The errors of a problem, "/name: must be given" each.
template <typename Read>
std::vector<std::string> complaints(std::string_view body, Read const& read) {
    auto const document = service::parse_document(body);
    service::DocumentReader reader{document};
    try {
        read(reader);
        reader.finish();
    } catch (service::Problem const& problem) {
        auto const response = problem.response("");
        auto const answer = boost::json::parse(std::get<std::string>(response.body));
        std::vector<std::string> found;
        for (auto const& error : answer.at("errors").as_array()) {
            found.push_back(
                std::string{error.at("pointer").as_string().c_str()} + ": " +
                error.at("message").as_string().c_str()
            );
        }
        return found;
    }
    return {};
}

TEST(Document, NamesEveryWrongPlaceAtOnce) {
    auto const found = complaints(
        R"({"text":7,"word":"normel","count":1.5,"level":99,"flag":"yes","list":["",1],"part":[]})",
        [](service::DocumentReader& reader) {
            EXPECT_FALSE(reader.text("text", 5));
            EXPECT_FALSE(reader.word("word", {"normal", "bulk"}));
            EXPECT_FALSE(reader.whole("count", 0, 5));
            EXPECT_FALSE(reader.number("level", -1.0, 1.0));
            EXPECT_FALSE(reader.boolean("flag"));
            EXPECT_FALSE(reader.texts("list", 5, 5));
            EXPECT_EQ(reader.object("part"), nullptr);
            reader.require("name");
        }
    );
    EXPECT_EQ(
        found,
        (std::vector<std::string>{
            "/text: must be text of 0 to 5 bytes",
            "/word: \"normel\" is not possible; did you mean \"normal\"?",
            "/count: must be a whole number from 0 to 5",
            "/level: must be a number from -1 to 1",
            "/flag: must be true or false",
            "/list: must hold texts of 1 to 5 bytes",
            "/part: must be an object",
            "/name: must be given"})
    );
}

TEST(Document, PointsAtKeysThatNobodyAskedFor) {
    auto const found =
        complaints(R"({"titel":"x","a/b~c":1})", [](service::DocumentReader& reader) {
            EXPECT_FALSE(reader.text("title", 5));
        });
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0], "/titel: is not a key of this document; did you mean \"title\"?");
    EXPECT_TRUE(found[1].starts_with("/a~1b~0c: ")) << found[1];
}

TEST(Document, TakesLimitsThemselvesAndNullForLeftOut) {
    EXPECT_TRUE(
        complaints(
            R"({"text":"12345","count":5,"level":-1,"big":9223372036854775807,"none":null})",
            [](service::DocumentReader& reader) {
                EXPECT_EQ(reader.text("text", 5, 5), "12345");
                EXPECT_EQ(reader.whole("count", 5, 5), 5);
                EXPECT_EQ(reader.number("level", -1.0, 1.0), -1.0);
                EXPECT_FALSE(reader.whole("none", 0, 5));
                EXPECT_TRUE(reader.is_null("none"));
                EXPECT_EQ(reader.whole("big", 0, INT64_MAX), INT64_MAX);
            }
        ).empty()
    );
}

struct RangeCase {
    std::string_view field;
    std::int64_t first;
    std::int64_t bytes; ///< 0: outside, -1: no range
};

TEST(ByteRanges, AreReadAsRfc9110Says) {
    constexpr std::array kCases{
        RangeCase{"bytes=0-0", 0, 1},
        RangeCase{"bytes=0-99", 0, 100},
        RangeCase{"bytes=0-1000", 0, 100},
        RangeCase{"bytes=99-", 99, 1},
        RangeCase{"bytes=100-", 0, 0},
        RangeCase{"bytes=-1", 99, 1},
        RangeCase{"bytes=-100", 0, 100},
        RangeCase{"bytes=-1000", 0, 100},
        RangeCase{"bytes=-0", 100, 0},
        RangeCase{"bytes=5-4", 0, -1},
        RangeCase{"bytes=-", 0, -1},
        RangeCase{"bytes=--1", 0, -1},
        RangeCase{"bytes=a-b", 0, -1},
        RangeCase{"bytes=1-2x", 0, -1},
        RangeCase{"bytes=0-1,3-4", 0, -1},
        RangeCase{"bytes=99999999999999999999-", 0, -1},
        RangeCase{"items=0-1", 0, -1},
        RangeCase{"", 0, -1}};
    for (auto const& [field, first, bytes] : kCases) {
        auto const range = service::range_of(field, 100);
        EXPECT_EQ(range.has_value(), bytes >= 0) << field;
        EXPECT_EQ(range.value_or(service::ByteRange{.bytes = -1}).bytes, bytes) << field;
        EXPECT_TRUE(bytes <= 0 || range->first == first) << field;
    }
}

TEST(Filenames, AreOnePlainFile) {
    for (auto const* name : {"01_Drums.wav", "Ünï 🎛.flac", "..wav", "a..b", " "}) {
        EXPECT_TRUE(service::is_plain_filename(name)) << name;
    }
    for (std::string const name :
         {"", ".", "..", "a/b", "a\\b", "a\nb", "a\x7f", "\xff", "wav.\u202egpj", "\ufeffa"}) {
        EXPECT_FALSE(service::is_plain_filename(name)) << name;
    }
    EXPECT_TRUE(service::is_plain_filename(std::string(service::kFilenameBytesMax, 'a')));
    EXPECT_FALSE(service::is_plain_filename(std::string(service::kFilenameBytesMax + 1, 'a')));
    EXPECT_FALSE(service::is_plain_filename(std::string_view{"a\0b", 3}));
}

TEST(Filenames, CannotEndTheHeaderThatCarriesThem) {
    EXPECT_EQ(
        service::attachment("a\"\r\nb\\ü.wav"),
        "attachment; filename=\"a___b___.wav\"; filename*=UTF-8''a%22%0D%0Ab%5C%C3%BC.wav"
    );
}

TEST(RevisionChanges, NamePlacesInPlansAndStemsByName) {
    auto const changes = service::revision_changes(
        R"({"stem":[{"match":"bass","gain_db":1},{"match":"fx"}]})",
        R"({"stem":[{"match":"bass","gain_db":2}],"bus":{"eq":"off"}})",
        R"([{"filename":"a.wav","digest":"1"},{"filename":"b.wav","digest":"2"}])",
        R"([{"filename":"a.wav","digest":"3"},{"filename":"c.wav","digest":"2"}])"
    );
    EXPECT_EQ(
        boost::json::serialize(changes),
        R"([{"pointer":"/plan/bus","before":null,"after":{"eq":"off"}},)"
        R"({"pointer":"/plan/stem/0/gain_db","before":1,"after":2},)"
        R"({"pointer":"/plan/stem/1","before":{"match":"fx"},"after":null},)"
        R"({"pointer":"/stems/a.wav","before":"1","after":"3"},)"
        R"({"pointer":"/stems/b.wav","before":"2","after":null},)"
        R"({"pointer":"/stems/c.wav","before":null,"after":"2"}])"
    );
}

} // namespace
} // namespace stemlathe::test
