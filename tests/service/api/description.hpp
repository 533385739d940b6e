#pragma once

#include "service/http/message.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

/// /openapi.json as the tests read it.
namespace stemlathe::test {

struct Operation {
    std::string method{}; ///< "get"
    std::string path{};   ///< "/v1/renders/{render}"
    boost::json::object const* rules = nullptr;

    /// "get /v1/renders/{render}"
    [[nodiscard]] std::string name() const;
    [[nodiscard]] std::string word(std::string_view key) const; ///< of an extension; "" if none
    [[nodiscard]] std::vector<std::string> path_parameters() const;
};

/// The whole document, parsed once.
[[nodiscard]] boost::json::value const& description();
[[nodiscard]] std::vector<Operation> const& operations();

/// The operation behind a request; HEAD is GET's where it has none of its own. nullptr: none.
[[nodiscard]] Operation const* operation_for(std::string_view method, std::string_view path);

/// The schema of an operation's JSON body, or nullptr.
[[nodiscard]] boost::json::value const* body_schema(Operation const& operation);

/// An answer as a client has it.
struct Seen {
    int status = 0;
    service::Fields fields{};
    std::string body{};
};

/// What the description does not say of this answer: an unknown status, a missing header or media
/// type, a body that the schema does not allow. Empty: all is as described.
[[nodiscard]] std::string undescribed(Operation const& operation, Seen const& answer, bool is_head);

} // namespace stemlathe::test
