#include "tests/service/api/description.hpp"

#include "service/api/openapi.hpp"
#include "tests/service/api/schema.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace stemlathe::test {

namespace {

namespace json = boost::json;

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        auto const end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool fits(std::string_view pattern, std::string_view segment) {
    auto const open = pattern.find('{');
    if (open == std::string_view::npos) {
        return pattern == segment;
    }
    auto const verb = pattern.substr(pattern.find('}') + 1);
    return segment.size() > verb.size() && segment.ends_with(verb) &&
           (!verb.empty() || segment.find(':') == std::string_view::npos);
}

bool path_fits(std::string_view pattern, std::string_view path) {
    auto const wanted = segments_of(pattern);
    auto const given = segments_of(path);
    bool const takes_rest = pattern.ends_with("/files/{name}");
    if (takes_rest ? given.size() < wanted.size() : given.size() != wanted.size()) {
        return false;
    }
    return std::ranges::equal(
        wanted,
        std::span{given}.first(wanted.size()),
        [](auto const& a, auto const& b) { return fits(a, b); }
    );
}

json::object const& resolved(json::value const& value) {
    auto const* reference = value.as_object().if_contains("$ref");
    return reference ? pointed_at(description(), reference->as_string()).as_object()
                     : value.as_object();
}

std::string lower(std::string_view name) {
    std::string text{name};
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return text;
}

std::string undescribed_header(json::object const& rules, Seen const& answer) {
    constexpr std::array kOfAll{
        "content-type",
        "cache-control",
        "content-security-policy",
        "cross-origin-resource-policy",
        "ratelimit",
        "ratelimit-policy"};
    auto const* headers = rules.if_contains("headers");
    for (auto const& [name, value] : answer.fields) {
        bool const is_known =
            std::ranges::find(kOfAll, name) != kOfAll.end() ||
            (headers && std::ranges::any_of(headers->as_object(), [&](auto const& header) {
                 return lower(header.key()) == name;
             }));
        if (!is_known) {
            return "the header " + name + " is not described";
        }
    }
    return {};
}

std::string wrong_body(json::object const& rules, Seen const& answer) {
    auto const* content = rules.if_contains("content");
    if (content == nullptr) {
        return answer.body.empty() ? "" : "there is a body where none is described";
    }
    auto const type = answer.fields.find("content-type");
    auto const media = type == answer.fields.end() ? std::string{}
                                                   : type->second.substr(0, type->second.find(';'));
    auto const* media_rules = content->as_object().if_contains(media);
    if (media_rules == nullptr) {
        return "the media type \"" + media + "\" is not described";
    }
    if (!media.ends_with("json") || answer.status == 206) {
        return {};
    }
    json::error_code error;
    auto const body = json::parse(answer.body, error);
    return error ? "the body is no JSON"
                 : violation(
                       body,
                       media_rules->as_object().at("schema"),
                       description(),
                       Strictness::no_further_keys
                   );
}

} // namespace

std::string Operation::name() const {
    return method + " " + path;
}

std::string Operation::word(std::string_view key) const {
    auto const* found = rules->if_contains(key);
    return found ? std::string{found->as_string().c_str()} : std::string{};
}

std::vector<std::string> Operation::path_parameters() const {
    std::vector<std::string> names;
    if (auto const* list = rules->if_contains("parameters")) {
        for (auto const& item : list->as_array()) {
            auto const& parameter = resolved(item);
            if (parameter.at("in").as_string() == "path") {
                names.emplace_back(parameter.at("name").as_string().c_str());
            }
        }
    }
    return names;
}

json::value const& description() {
    static json::value const kDocument = json::parse(service::openapi_json());
    return kDocument;
}

std::vector<Operation> const& operations() {
    static std::vector<Operation> const kAll = [] {
        std::vector<Operation> all;
        for (auto const& [path, methods] : description().at("paths").as_object()) {
            for (auto const& [method, rules] : methods.as_object()) {
                all.push_back(
                    {.method = std::string{method},
                     .path = std::string{path},
                     .rules = &rules.as_object()}
                );
            }
        }
        return all;
    }();
    return kAll;
}

Operation const* operation_for(std::string_view method, std::string_view path) {
    auto const find = [&](std::string const& wanted) -> Operation const* {
        auto const found = std::ranges::find_if(operations(), [&](Operation const& operation) {
            return operation.method == wanted && path_fits(operation.path, path);
        });
        return found == operations().end() ? nullptr : &*found;
    };
    auto const* found = find(lower(method));
    return found == nullptr && lower(method) == "head" ? find("get") : found;
}

json::value const* body_schema(Operation const& operation) {
    auto const* body = operation.rules->if_contains("requestBody");
    auto const* content =
        body ? body->at("content").as_object().if_contains("application/json") : nullptr;
    return content ? &content->at("schema") : nullptr;
}

std::string undescribed(Operation const& operation, Seen const& answer, bool is_head) {
    auto const& responses = operation.rules->at("responses").as_object();
    auto const* found = responses.if_contains(std::to_string(answer.status));
    if (found == nullptr) {
        return operation.name() + " answers " + std::to_string(answer.status) +
               ", which is not described: " + answer.body.substr(0, 400);
    }
    auto const& rules = resolved(*found);
    auto wrong = undescribed_header(rules, answer);
    if (wrong.empty() && !is_head) {
        wrong = wrong_body(rules, answer);
    }
    return wrong.empty() ? wrong
                         : operation.name() + " " + std::to_string(answer.status) + ": " + wrong +
                               "\n" + answer.body.substr(0, 600);
}

} // namespace stemlathe::test
