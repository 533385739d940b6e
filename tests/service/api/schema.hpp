#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// JSON Schema 2020-12 as far as the API's description uses it.
namespace stemlathe::test {

/// What `pointer`, "#/components/schemas/Plan", names in `document`.
[[nodiscard]] boost::json::value const&
pointed_at(boost::json::value const& document, std::string_view pointer);

/// Whether objects may hold keys that the schema does not name. Answers may get more keys by and
/// by; that they are described is what the tests hold them to.
enum class Strictness { as_written, no_further_keys };

/// The first violation, "/items/0/id is no string", or nothing.
[[nodiscard]] std::string violation(
    boost::json::value const& value,
    boost::json::value const& schema,
    boost::json::value const& document,
    Strictness strictness
);

/// Values after a schema, from a seed: valid ones, often at a limit.
class Sampler {
  public:
    Sampler(boost::json::value const& document, std::uint64_t seed)
        : document_{document}, state_{seed} {}

    [[nodiscard]] boost::json::value valid(boost::json::value const& schema, int depth = 0);
    /// A valid value with one place changed to something else: another type, a limit passed, a key
    /// too many or too few. It may be valid by chance.
    [[nodiscard]] boost::json::value broken(boost::json::value const& schema);
    [[nodiscard]] std::size_t below(std::size_t count);

  private:
    [[nodiscard]] boost::json::value text_for(boost::json::object const& schema);
    [[nodiscard]] boost::json::value number_for(boost::json::object const& schema, bool is_whole);
    [[nodiscard]] boost::json::value object_for(boost::json::object const& schema, int depth);
    [[nodiscard]] boost::json::value array_for(boost::json::object const& schema, int depth);
    void break_somewhere(boost::json::value& value);

    boost::json::value const& document_;
    std::uint64_t state_;

    /// The next number of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): the same seed, the same
    /// tests.
    [[nodiscard]] std::uint64_t random();
};

} // namespace stemlathe::test
