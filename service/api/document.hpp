#pragma once

#include "service/api/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// Parses a JSON body: one object, UTF-8, at most 32 levels, no key twice.
/// @throws Problem{bad_request} it is not JSON; {invalid_document} it is not an object
[[nodiscard]] boost::json::object parse_document(std::string_view body);

/// Reads a document key by key and collects what is wrong, so that a client hears of all of it at
/// once. A key may be null where it may be left out.
class DocumentReader {
  public:
    explicit DocumentReader(boost::json::object const& document);

    [[nodiscard]] std::optional<std::string>
    text(std::string_view key, std::size_t bytes_max, std::size_t bytes_min = 0);
    [[nodiscard]] std::optional<std::string>
    word(std::string_view key, std::initializer_list<std::string_view> allowed);
    [[nodiscard]] std::optional<std::vector<std::string>>
    texts(std::string_view key, std::size_t count_max, std::size_t bytes_max);
    [[nodiscard]] std::optional<double> number(std::string_view key, double low, double high);
    [[nodiscard]] std::optional<std::int64_t>
    whole(std::string_view key, std::int64_t low, std::int64_t high);
    [[nodiscard]] std::optional<bool> boolean(std::string_view key);
    /// An object as it stands, for readers of its own.
    [[nodiscard]] boost::json::object const* object(std::string_view key);
    [[nodiscard]] bool has(std::string_view key) const;
    /// The key is there and null: a merge patch (RFC 7396) removes the value.
    [[nodiscard]] bool is_null(std::string_view key) const;

    void wrong(std::string_view key, std::string message);
    void require(std::string_view key);

    /// @throws Problem{invalid_document} anything was wrong, or a key is left that nobody asked for
    void finish();

  private:
    [[nodiscard]] boost::json::value const* find(std::string_view key);

    boost::json::object const& document_;
    std::vector<std::string> asked_;
    std::vector<FieldProblem> errors_;
};

} // namespace stemlathe::service
