#include "host/toml/table_reader.hpp"

#include "host/toml/nearest_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::uintmax_t kFile_bytes_max = 4U << 20U;

std::string shown(toml::node const& node) {
    std::ostringstream out;
    node.visit([&](auto const& value) { out << value; });
    auto text = out.str();
    return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

} // namespace

TableReader::TableReader(toml::table const& table, std::string file, std::string path, Code code)
    : table_(&table), file_(std::move(file)), path_(std::move(path)), code_(code) {}

std::string TableReader::path_of(std::string_view key) const {
    return path_.empty() ? std::string{key} : fmt::format("{}.{}", path_, key);
}

void TableReader::fail(std::string_view key, std::string const& complaint) const {
    throw Failure{code_, fmt::format("{}: {} {}", file_, path_of(key), complaint)}
        .about_file(file_)
        .about_key(path_of(key));
}

toml::node const* TableReader::node(std::string_view key) {
    asked_.emplace_back(key);
    return table_->get(key);
}

std::optional<double> TableReader::number(std::string_view key, Range range) {
    auto const* const found = node(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    auto const value = found->value<double>();
    if (!value || !found->is_number()) {
        fail(key, fmt::format("is {}; it must be a number", shown(*found)));
    }
    if (!(*value >= range.low && *value <= range.high)) {
        fail(key, fmt::format("is {}; it must be {} to {}", *value, range.low, range.high));
    }
    return *value + 0.0; // never -0.0, so that plans print one way
}

std::optional<std::int64_t> TableReader::whole(std::string_view key, Range range) {
    auto const value = number(key, range);
    if (value && *value != std::floor(*value)) {
        fail(key, fmt::format("is {}; it must be a whole number", *value));
    }
    return value ? std::optional{static_cast<std::int64_t>(*value)} : std::nullopt;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
    auto const* const found = node(key);
    if (found != nullptr && !found->is_boolean()) {
        fail(key, fmt::format("is {}; it must be true or false", shown(*found)));
    }
    return found != nullptr ? found->value<bool>() : std::nullopt;
}

std::optional<std::string> TableReader::text(std::string_view key) {
    auto const* const found = node(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    // A TOML date is what people write for date = 2026-11-25.
    if (auto const date = found->value<toml::date>()) {
        return fmt::format("{:04}-{:02}-{:02}", date->year, date->month, date->day);
    }
    if (!found->is_string()) {
        fail(key, fmt::format("is {}; it must be a text in quotes", shown(*found)));
    }
    return found->value<std::string>();
}

std::optional<std::string>
TableReader::word(std::string_view key, std::vector<std::string_view> const& allowed) {
    auto value = text(key);
    if (value && std::ranges::find(allowed, *value) == allowed.end()) {
        fail(key, fmt::format("is \"{}\"{}", *value, suggestion(*value, allowed)));
    }
    return value;
}

std::optional<std::vector<double>> TableReader::numbers(std::string_view key, Range range) {
    auto const* const found = node(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    auto const* const list = found->as_array();
    if (list == nullptr) {
        fail(key, fmt::format("is {}; it must be a list of numbers", shown(*found)));
    }
    std::vector<double> values;
    for (auto const& item : *list) {
        auto const value = item.value<double>();
        if (!value || !(*value >= range.low && *value <= range.high)) {
            fail(
                key,
                fmt::format("holds {}; it must be {} to {}", shown(item), range.low, range.high)
            );
        }
        values.push_back(*value + 0.0);
    }
    return values;
}

std::optional<std::vector<std::string>> TableReader::texts(std::string_view key) {
    auto const* const found = node(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    auto const* const list = found->as_array();
    if (list == nullptr) {
        fail(key, fmt::format("is {}; it must be a list of texts", shown(*found)));
    }
    std::vector<std::string> values;
    for (auto const& item : *list) {
        if (!item.is_string()) {
            fail(key, fmt::format("holds {}; it must be a text in quotes", shown(item)));
        }
        values.push_back(*item.value<std::string>());
    }
    return values;
}

std::optional<TableReader> TableReader::table(std::string_view key) {
    auto const* const found = node(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    auto const* const inner = found->as_table();
    if (inner == nullptr) {
        fail(key, fmt::format("is {}; it must be a table", shown(*found)));
    }
    return TableReader{*inner, file_, path_of(key), code_};
}

std::vector<TableReader> TableReader::tables(std::string_view key) {
    std::vector<TableReader> readers;
    auto const* const found = node(key);
    if (found == nullptr) {
        return readers;
    }
    auto const* const list = found->as_array();
    if (list == nullptr) {
        fail(key, fmt::format("is {}; it must be a list of tables", shown(*found)));
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        auto const* const inner = list->get(i)->as_table();
        auto const path = fmt::format("{}[{}]", path_of(key), i);
        if (inner == nullptr) {
            fail(key, fmt::format("holds {}; it must hold tables", shown(*list->get(i))));
        }
        readers.emplace_back(*inner, file_, path, code_);
    }
    return readers;
}

void TableReader::finish() const {
    std::vector<std::string_view> const allowed{asked_.begin(), asked_.end()};
    for (auto const& [key, value] : *table_) {
        if (std::ranges::find(allowed, key.str()) == allowed.end()) {
            fail(key.str(), "is not a key that stemlathe knows" + suggestion(key.str(), allowed));
        }
    }
}

toml::table parse_toml(std::string_view text, std::string const& file, Code code) {
    try {
        return toml::parse(text, file);
    } catch (toml::parse_error const& error) {
        throw Failure{
            code,
            fmt::format(
                "{}: line {}, column {}: {}",
                file,
                error.source().begin.line,
                error.source().begin.column,
                error.description()
            )}
            .about_file(file);
    }
}

std::string read_text_file(std::filesystem::path const& path, Code code) {
    std::error_code error;
    auto const size = std::filesystem::file_size(path, error);
    if (error) {
        throw Failure{
            Code::not_found, fmt::format("{}: cannot be read: {}", path.string(), error.message())}
            .about_file(path.string());
    }
    if (size > kFile_bytes_max) {
        throw Failure{code, fmt::format("{}: is larger than 4 MiB", path.string())}.about_file(
            path.string()
        );
    }
    std::ifstream in{path, std::ios::binary};
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!in.read(text.data(), static_cast<std::streamsize>(size))) {
        throw Failure{code, fmt::format("{}: cannot be read", path.string())}.about_file(
            path.string()
        );
    }
    return text;
}

std::string toml_number(double value) {
    auto text = fmt::format("{}", value);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

std::string toml_text(std::string_view value) {
    std::string out = "\"";
    for (char const c : value) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
            out += c;
        }
    }
    return out + '"';
}

} // namespace stemlathe
