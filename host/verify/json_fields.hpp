#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// A JSON document that somebody else may have written: `text` as an object.
/// @param document  what messages call it
/// @throws Failure{unreadable} it is none, or nested too deeply
[[nodiscard]] boost::json::object
parse_foreign_json(std::string_view text, std::string const& document);

/// The members of an object of such a document. Every getter throws Failure{unreadable} that names
/// the member and what it should be.
class JsonFields {
  public:
    /// @param where  "qc.json: files[3]"
    JsonFields(boost::json::object const& object, std::string where);

    [[nodiscard]] std::string text(std::string_view key) const;
    [[nodiscard]] std::string text_or_empty(std::string_view key) const;
    /// Exactly `digits` hexadecimal digits.
    [[nodiscard]] std::string digest(std::string_view key, std::size_t digits) const;
    /// A relative path that stays below its folder by its own words.
    [[nodiscard]] std::string path(std::string_view key) const;
    /// A whole number from 0 on.
    [[nodiscard]] std::int64_t count(std::string_view key) const;
    [[nodiscard]] std::optional<double> number(std::string_view key) const;
    [[nodiscard]] bool flag(std::string_view key) const;
    /// An array of objects; nullopt elements are errors too.
    [[nodiscard]] std::vector<JsonFields> objects(std::string_view key) const;
    [[nodiscard]] std::optional<JsonFields> object_or_null(std::string_view key) const;

    /// All members that are numbers.
    [[nodiscard]] boost::json::object const& members() const noexcept {
        return *object_;
    }

    [[noreturn]] void refuse(std::string_view key, std::string_view must_be) const;

  private:
    [[nodiscard]] boost::json::value const* find(std::string_view key) const;

    boost::json::object const* object_;
    std::string where_;
};

/// Whether a relative path stays below its folder by its own words: no root, no "." and no "..",
/// nothing empty, no NUL.
[[nodiscard]] bool is_inner_path(std::string_view path);

} // namespace stemlathe
