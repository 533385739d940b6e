#include "service/api/document.hpp"

#include "host/toml/nearest_name.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace stemlathe::service {

namespace {

constexpr std::size_t kDepthMax = 32;

/// Looks for a key that comes twice; Boost.JSON itself would keep the last one.
struct DuplicateFinder {
    constexpr static std::size_t max_object_size = 100'000;
    constexpr static std::size_t max_array_size = 100'000;
    constexpr static std::size_t max_key_size = 4096;
    constexpr static std::size_t max_string_size = std::size_t{1} << 20U;
    using Error = boost::json::error_code;

    std::vector<std::set<std::string>> keys{};
    std::string key{};
    std::string duplicate{};

    bool on_object_begin(Error& /*unused*/) {
        keys.emplace_back();
        return true;
    }

    bool on_object_end(std::size_t /*unused*/, Error& /*unused*/) {
        keys.pop_back();
        return true;
    }

    bool on_key_part(boost::json::string_view part, std::size_t /*unused*/, Error& /*unused*/) {
        key += std::string_view{part.data(), part.size()};
        return true;
    }

    bool on_key(boost::json::string_view part, std::size_t /*unused*/, Error& /*unused*/) {
        key += std::string_view{part.data(), part.size()};
        if (!keys.back().insert(key).second) {
            duplicate = key;
        }
        key.clear();
        return true;
    }

    // clang-format off
    bool on_document_begin(Error& /*unused*/) { return true; }
    bool on_document_end(Error& /*unused*/) { return true; }
    bool on_array_begin(Error& /*unused*/) { return true; }
    bool on_array_end(std::size_t /*unused*/, Error& /*unused*/) { return true; }
    bool on_string_part(boost::json::string_view /*unused*/, std::size_t /*unused*/, Error& /*unused*/) { return true; }
    bool on_string(boost::json::string_view /*unused*/, std::size_t /*unused*/, Error& /*unused*/) { return true; }
    bool on_number_part(boost::json::string_view /*unused*/, Error& /*unused*/) { return true; }
    bool on_int64(std::int64_t /*unused*/, boost::json::string_view /*unused*/, Error& /*unused*/) { return true; }
    bool on_uint64(std::uint64_t /*unused*/, boost::json::string_view /*unused*/, Error& /*unused*/) { return true; }
    bool on_double(double /*unused*/, boost::json::string_view /*unused*/, Error& /*unused*/) { return true; }
    bool on_bool(bool /*unused*/, Error& /*unused*/) { return true; }
    bool on_null(Error& /*unused*/) { return true; }
    bool on_comment_part(boost::json::string_view /*unused*/, Error& /*unused*/) { return true; }
    bool on_comment(boost::json::string_view /*unused*/, Error& /*unused*/) { return true; }

    // clang-format on
};

std::string pointer_to(std::string_view key) {
    std::string pointer = "/";
    for (char const letter : key) {
        pointer += letter == '~' ? "~0" : letter == '/' ? "~1" : std::string(1, letter);
    }
    return pointer;
}

} // namespace

boost::json::object parse_document(std::string_view body) {
    boost::json::parse_options options;
    options.max_depth = kDepthMax;
    boost::json::error_code error;
    boost::json::basic_parser<DuplicateFinder> finder{options};
    auto const read = finder.write_some(false, body.data(), body.size(), error);
    auto value = error ? boost::json::value{} : boost::json::parse(body, error, {}, options);
    if (error) {
        throw Problem{
            ProblemKind::bad_request,
            fmt::format("the body is not JSON: {} near byte {}", error.message(), read)};
    }
    if (!finder.handler().duplicate.empty()) {
        throw Problem{
            ProblemKind::bad_request,
            fmt::format("the key \"{}\" comes twice in one object", finder.handler().duplicate)};
    }
    if (!value.is_object()) {
        throw Problem{ProblemKind::invalid_document, "the body must be a JSON object"};
    }
    return std::move(value.as_object());
}

DocumentReader::DocumentReader(boost::json::object const& document) : document_{document} {}

boost::json::value const* DocumentReader::find(std::string_view key) {
    asked_.emplace_back(key);
    auto const* const value = document_.if_contains(key);
    return value != nullptr && !value->is_null() ? value : nullptr;
}

bool DocumentReader::has(std::string_view key) const {
    return document_.if_contains(key) != nullptr;
}

bool DocumentReader::is_null(std::string_view key) const {
    auto const* const value = document_.if_contains(key);
    return value != nullptr && value->is_null();
}

std::optional<std::string>
DocumentReader::text(std::string_view key, std::size_t bytes_max, std::size_t bytes_min) {
    auto const* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    auto const* const text = value->if_string();
    bool const is_plain = text != nullptr && std::none_of(text->begin(), text->end(), [](char c) {
                              return c == '\0' || c == '\x7f';
                          });
    if (!is_plain || text->size() > bytes_max || text->size() < bytes_min) {
        wrong(key, fmt::format("must be text of {} to {} bytes", bytes_min, bytes_max));
        return std::nullopt;
    }
    return std::string{text->data(), text->size()};
}

std::optional<std::string>
DocumentReader::word(std::string_view key, std::initializer_list<std::string_view> allowed) {
    auto const* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    std::string const word =
        value->is_string() ? std::string{value->as_string().c_str()} : std::string{};
    if (std::ranges::find(allowed, word) == allowed.end()) {
        std::vector<std::string_view> const names{allowed};
        wrong(key, fmt::format("\"{}\" is not possible{}", word, suggestion(word, names)));
        return std::nullopt;
    }
    return word;
}

std::optional<std::vector<std::string>>
DocumentReader::texts(std::string_view key, std::size_t count_max, std::size_t bytes_max) {
    auto const* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    auto const* const list = value->if_array();
    if (list == nullptr || list->size() > count_max) {
        wrong(key, fmt::format("must be a list of at most {} texts", count_max));
        return std::nullopt;
    }
    std::vector<std::string> texts;
    for (auto const& item : *list) {
        auto const* const text = item.if_string();
        if (text == nullptr || text->empty() || text->size() > bytes_max) {
            wrong(key, fmt::format("must hold texts of 1 to {} bytes", bytes_max));
            return std::nullopt;
        }
        texts.emplace_back(text->data(), text->size());
    }
    return texts;
}

std::optional<double> DocumentReader::number(std::string_view key, double low, double high) {
    auto const* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    boost::json::error_code error;
    auto const number = value->is_number() ? value->to_number<double>(error) : NAN;
    if (error || !(number >= low && number <= high)) {
        wrong(key, fmt::format("must be a number from {} to {}", low, high));
        return std::nullopt;
    }
    return number;
}

std::optional<std::int64_t>
DocumentReader::whole(std::string_view key, std::int64_t low, std::int64_t high) {
    auto const* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    boost::json::error_code error;
    auto const number = value->is_number() ? value->to_number<std::int64_t>(error) : low;
    if (error || !value->is_number() || number < low || number > high) {
        wrong(key, fmt::format("must be a whole number from {} to {}", low, high));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> DocumentReader::boolean(std::string_view key) {
    auto const* const value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_bool()) {
        wrong(key, "must be true or false");
        return std::nullopt;
    }
    return value->as_bool();
}

boost::json::object const* DocumentReader::object(std::string_view key) {
    auto const* const value = find(key);
    if (value != nullptr && !value->is_object()) {
        wrong(key, "must be an object");
        return nullptr;
    }
    return value != nullptr ? &value->as_object() : nullptr;
}

void DocumentReader::wrong(std::string_view key, std::string message) {
    errors_.push_back({.pointer = pointer_to(key), .message = std::move(message)});
}

void DocumentReader::require(std::string_view key) {
    if (!has(key) || is_null(key)) {
        wrong(key, "must be given");
    }
}

void DocumentReader::finish() {
    std::vector<std::string_view> const known{asked_.begin(), asked_.end()};
    for (auto const& [key, value] : document_) {
        std::string_view const name{key.data(), key.size()};
        if (std::ranges::find(known, name) == known.end()) {
            wrong(name, fmt::format("is not a key of this document{}", suggestion(name, known)));
        }
    }
    if (!errors_.empty()) {
        auto const& first = errors_.front();
        auto const detail = fmt::format("{} {}", first.pointer, first.message);
        throw Problem{ProblemKind::invalid_document, detail, errors_};
    }
}

} // namespace stemlathe::service
