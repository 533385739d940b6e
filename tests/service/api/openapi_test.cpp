// The server obeys its description: the route table and /openapi.json are compared both ways.

#include "service/api/openapi.hpp"
#include "service/api/problem.hpp"
#include "tests/service/api/description.hpp"
#include "tests/service/api/schema.hpp"
#include "tests/service/api/test_api.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <set>

namespace stemlathe::test {
namespace {

std::string described_path(std::string_view pattern) {
    std::string path{pattern};
    auto const rest = path.find("...}");
    return rest == std::string::npos ? path : path.replace(rest, 4, "}");
}

std::string lower_name(service::Method method) {
    std::string name{name_of(method)};
    std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c + 32); });
    return name;
}

Operation const* described(service::Route const& route) {
    auto const found = std::ranges::find_if(operations(), [&](Operation const& operation) {
        return operation.method == lower_name(route.method) &&
               operation.path == described_path(route.pattern);
    });
    return found == operations().end() ? nullptr : &*found;
}

std::string_view name_of(service::BodyKind kind) {
    constexpr std::array<std::string_view, 4> kNames{"none", "document", "form", "upload"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name_of(service::KeyRule rule) {
    constexpr std::array<std::string_view, 3> kNames{"optional", "required", "once"};
    return kNames[static_cast<std::size_t>(rule)];
}

/// The names in braces of a path.
std::vector<std::string> names_in(std::string_view path) {
    std::vector<std::string> names;
    for (auto open = path.find('{'); open != std::string_view::npos;
         open = path.find('{', open + 1)) {
        names.emplace_back(path.substr(open + 1, path.find('}', open) - open - 1));
    }
    return names;
}

/// The scopes or rights that a security scheme of an operation asks for; nothing: it is not there.
std::optional<std::string> asked_of(Operation const& operation, std::string_view scheme) {
    for (auto const& way : operation.rules->at("security").as_array()) {
        if (auto const* asked = way.as_object().if_contains(scheme)) {
            return std::string{asked->as_array().at(0).as_string().c_str()};
        }
    }
    return std::nullopt;
}

TEST(OpenApi, SaysOfEveryOperationThatItMayBeAskedTooOften) {
    for (auto const& operation : operations()) {
        EXPECT_TRUE(operation.rules->at("responses").as_object().contains("429"))
            << operation.name();
    }
}

TEST(OpenApi, DescribesEveryRouteAsTheServerHasIt) {
    for (auto const& route : service::api_routes()) {
        auto const* operation = described(route);
        ASSERT_NE(operation, nullptr) << lower_name(route.method) << " " << route.pattern;
        SCOPED_TRACE(operation->name());
        EXPECT_EQ(operation->word("x-rank"), name_of(route.rank));
        EXPECT_EQ(operation->word("x-scope"), route.scope);
        EXPECT_EQ(operation->word("x-right"), route.right);
        EXPECT_EQ(operation->word("x-body"), name_of(route.body));
        EXPECT_EQ(operation->word("x-idempotency-key"), name_of(route.key));
        EXPECT_EQ(operation->rules->contains("requestBody"), route.body != service::BodyKind::none);
        EXPECT_EQ(operation->path_parameters(), names_in(operation->path));
        bool const is_open = route.rank == service::Rank::anonymous;
        EXPECT_EQ(operation->rules->at("security").as_array().empty(), is_open);
        if (!is_open) {
            EXPECT_EQ(asked_of(*operation, "token"), std::string{route.scope});
            EXPECT_EQ(asked_of(*operation, "link").value_or(""), route.right);
        }
    }
}

TEST(OpenApi, DescribesNothingThatTheServerHasNot) {
    std::set<std::string> known;
    for (auto const& route : service::api_routes()) {
        known.insert(lower_name(route.method) + " " + described_path(route.pattern));
    }
    for (auto const& operation : operations()) {
        EXPECT_TRUE(known.contains(operation.name())) << operation.name();
    }
    EXPECT_EQ(operations().size(), known.size());
    EXPECT_EQ(known.size(), service::api_routes().size());
}

TEST(OpenApi, GivesEveryOperationAnIdOfItsOwn) {
    std::set<std::string> ids;
    for (auto const& operation : operations()) {
        EXPECT_TRUE(ids.insert(operation.word("operationId")).second) << operation.name();
    }
}

TEST(OpenApi, HoldsTheCatalogueOfProblems) {
    auto const& listed = description().at("x-problems").as_array();
    ASSERT_EQ(listed.size(), service::problem_catalogue().size());
    for (std::size_t i = 0; i < listed.size(); ++i) {
        auto const& entry = service::problem_catalogue()[i];
        EXPECT_EQ(service::entry_of(entry.kind).name, entry.name);
        EXPECT_EQ(listed[i].at("name").as_string(), entry.name);
        EXPECT_EQ(listed[i].at("status").as_int64(), entry.status);
        EXPECT_EQ(listed[i].at("title").as_string(), entry.title);
        EXPECT_EQ(listed[i].at("advice").as_string(), entry.advice);
        EXPECT_EQ(listed[i].at("retryable").as_bool(), entry.retryable);
        auto const document = service::Problem{entry.kind, "detail"}.response("req_1");
        EXPECT_EQ(
            violation(
                boost::json::parse(std::get<std::string>(document.body)),
                pointed_at(description(), "#/components/schemas/Problem"),
                description(),
                Strictness::no_further_keys
            ),
            ""
        );
    }
}

TEST(OpenApi, ItsExamplesFollowItsSchemas) {
    for (auto const& [name, schema] : description().at("components").at("schemas").as_object()) {
        auto const* examples = schema.as_object().if_contains("examples");
        for (std::size_t i = 0; examples && i < examples->as_array().size(); ++i) {
            EXPECT_EQ(
                violation(examples->as_array()[i], schema, description(), Strictness::as_written),
                ""
            ) << name;
        }
    }
}

TEST_F(ApiTest, ServesItsDescriptionAndItsCatalogue) {
    auto const answer = api.get("", "/openapi.json");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, service::openapi_json());
    for (auto const& entry : service::problem_catalogue()) {
        auto const kind = api.get("", "/problems/" + std::string{entry.name});
        EXPECT_EQ(kind.text("title"), entry.title);
    }
    EXPECT_EQ(api.get("", "/problems/none").problem(), "not-found");
}

} // namespace
} // namespace stemlathe::test
