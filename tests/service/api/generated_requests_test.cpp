// Generated requests against every operation: valid ones, ones at the limits, broken ones. Whatever
// comes, the answer is one that /openapi.json describes (TestApi looks at each), never a 5xx.

#include "tests/service/api/schema.hpp"
#include "tests/service/api/world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace stemlathe::test {
namespace {

namespace json = boost::json;
using service::Method;

constexpr std::uint64_t kSeed = 20'261'126;
constexpr int kRequests = 60; // of each operation

json::object const& parameter_of(json::value const& item) {
    auto const* reference = item.as_object().if_contains("$ref");
    return reference ? pointed_at(description(), reference->as_string()).as_object()
                     : item.as_object();
}

std::string plain(json::value const& value) {
    return value.is_string() ? std::string{value.get_string().c_str()} : json::serialize(value);
}

class Generator {
  public:
    Generator(World& world, Operation const& operation, std::uint64_t seed)
        : world_{world}, operation_{operation}, sampler_{description(), seed} {}

    Answer send() {
        auto target = path();
        Sent fields;
        add_parameters(target, fields);
        auto const body = make_body(fields);
        return world_.api.send(method(), token(), target, body, fields);
    }

  private:
    bool one_in(std::size_t count) {
        return sampler_.below(count) == 0;
    }

    Method method() const {
        for (auto const method :
             {Method::get,
              Method::head,
              Method::post,
              Method::put,
              Method::patch,
              Method::options,
              Method::del}) {
            if (operation_for(service::name_of(method), operation_.path) == &operation_) {
                return method;
            }
        }
        return Method::get;
    }

    std::string token() {
        if (!one_in(8)) {
            return world_.api.owner;
        }
        auto caller = world_.tokens.begin();
        std::advance(caller, static_cast<std::ptrdiff_t>(sampler_.below(world_.tokens.size())));
        return one_in(6) ? caller->second + "x" : caller->second;
    }

    /// The real ids, mostly; else ids of other things, and what is no id at all.
    std::string path() {
        auto const ids = world_.ids;
        for (auto const& name : operation_.path_parameters()) {
            if (one_in(6)) {
                auto other = ids.begin();
                std::advance(other, static_cast<std::ptrdiff_t>(sampler_.below(ids.size())));
                world_.ids[name] = one_in(2) ? other->second : "\xf0\x9f\x8e\x9b' OR 1=1 --";
            }
        }
        auto path = world_.path_of(operation_);
        world_.ids = ids;
        return path;
    }

    void add_parameters(std::string& target, Sent& fields) {
        auto const* list = operation_.rules->if_contains("parameters");
        for (std::size_t i = 0; list && i < list->as_array().size(); ++i) {
            auto const& parameter = parameter_of(list->as_array()[i]);
            bool const is_query = parameter.at("in").as_string() == "query";
            bool const is_left_out = parameter.at("in").as_string() == "path" ||
                                     (parameter.at("required").as_bool() ? one_in(10) : one_in(2));
            if (is_left_out) {
                continue;
            }
            auto const& schema = parameter.at("schema");
            std::string const name{parameter.at("name").as_string().c_str()};
            auto const value =
                name == "If-Match" ? (one_in(5) ? "\"v7\"" : "*")
                : name == "Idempotency-Key" && !one_in(8)
                    ? fmt::format("key-{}", sampler_.below(1'000'000'000))
                    : plain(one_in(4) ? sampler_.broken(schema) : sampler_.valid(schema));
            if (is_query) {
                target += (target.find('?') == std::string::npos ? "?" : "&") + name + "=" + value;
            } else if (value.find_first_of("\r\n") == std::string::npos && value.size() < 4000) {
                std::string lower = name;
                std::ranges::transform(lower, lower.begin(), [](char c) {
                    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                });
                fields.emplace_back(lower, value);
            }
        }
    }

    /// Known ids where the schema only says text.
    void name_things(json::value& body) {
        if (!body.is_object() || one_in(4)) {
            return;
        }
        for (auto const* key : {"render", "plan_id", "preset", "client", "round", "parent"}) {
            auto* found = body.as_object().if_contains(key);
            auto const id = world_.ids.find(key == std::string_view{"plan_id"} ? "plan" : key);
            if (found && found->is_string()) {
                *found = id == world_.ids.end() ? json::value(nullptr) : json::value(id->second);
            }
        }
    }

    std::string make_body(Sent& fields) {
        auto const kind = operation_.word("x-body");
        if (kind == "upload") {
            fields.emplace_back("content-type", "application/offset+octet-stream");
            return std::string(sampler_.below(8), 'a');
        }
        if (kind == "form") {
            return one_in(2) ? "code=slk_a_b" : "x";
        }
        auto const* schema = body_schema(operation_);
        if (schema == nullptr) {
            return {};
        }
        if (one_in(20)) {
            return std::string(sampler_.below(60), '[');
        }
        auto body = one_in(3) ? sampler_.broken(*schema) : sampler_.valid(*schema);
        name_things(body);
        return json::serialize(body);
    }

    World& world_;
    Operation const& operation_;
    Sampler sampler_;
};

class GeneratedRequests : public ::testing::TestWithParam<std::size_t> {};

TEST_P(GeneratedRequests, AreAnsweredAsDescribed) {
    auto const& operation = operations()[GetParam()];
    World world;
    std::set<int> seen;
    for (int i = 0; i < kRequests; ++i) {
        Generator generator{world, operation, kSeed + static_cast<std::uint64_t>(i)};
        auto const answer = generator.send();
        seen.insert(answer.status);
        // 507: this machine's disk may be too small for what was announced.
        ASSERT_TRUE(answer.status < 500 || answer.status == 507)
            << "request " << i << ": " << answer.body << " "
            << (world.api.errors.empty() ? "" : world.api.errors.back());
    }
    EXPECT_GT(seen.size(), operation.word("x-rank") == "anonymous" ? 0U : 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Operations,
    GeneratedRequests,
    ::testing::Range(std::size_t{0}, operations().size()),
    [](auto const& one) { return operations()[one.param].word("operationId"); }
);

TEST(Sampler, MakesValuesThatFollowTheirSchemas) {
    for (auto const& operation : operations()) {
        auto const* schema = body_schema(operation);
        for (std::uint64_t seed = 0; schema && seed < 50; ++seed) {
            Sampler sampler{description(), seed};
            auto const value = sampler.valid(*schema);
            ASSERT_EQ(violation(value, *schema, description(), Strictness::as_written), "")
                << operation.name() << " " << json::serialize(value);
        }
    }
}

} // namespace
} // namespace stemlathe::test
