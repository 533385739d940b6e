#pragma once

#include "service/http/body.hpp"
#include "service/http/refusal.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Requests and responses as the application sees them; nothing here knows Asio or Beast.
namespace stemlathe::service {

/// The methods that are let in; everything else is answered 501.
enum class Method : std::uint8_t { get, head, post, put, patch, del, options };

[[nodiscard]] std::string_view name_of(Method method) noexcept;

/// Header fields by lower-case name. A name that comes twice has its values joined by ", " (RFC
/// 9110, 5.3); the fields where that would be dangerous are refused before (see policy.hpp).
using Fields = std::map<std::string, std::string, std::less<>>;

/// A request whose framing has been checked.
struct Request {
    Method method = Method::get;
    std::string path{}; ///< percent-decoded, begins with "/", no "." or ".." segment
    std::map<std::string, std::string, std::less<>> query{}; ///< decoded; the last of a name wins
    Fields fields{};
    std::int64_t body_bytes = 0; ///< what Content-Length announces
    std::string body{};          ///< only where the operation takes one as a whole
    std::string prepared{};      ///< what the application made of it before it answers
    std::string peer{};          ///< the address it came from
    bool is_secure = false;      ///< the client sent it encrypted, to us or to a trusted proxy
    std::string id{};            ///< in the log and in every problem document
    std::map<std::string, std::string, std::less<>> path_values{}; ///< "{session}" of the pattern
    /// Fields that the answer gets besides its own, whoever gives it.
    std::vector<std::pair<std::string, std::string>> answer_fields{};
    std::string_view operation{}; ///< the application's name for it, for `HttpSettings::seen`
    std::chrono::steady_clock::time_point arrived{};

    /// The field's value; empty where there is none.
    [[nodiscard]] std::string_view field(std::string_view name) const;
    [[nodiscard]] std::string const& path_value(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
};

/// The answer may come later: it is asked for again whenever something was committed (in admit() or
/// answer(), whichever gave it), and for the last time `at_most` after the first asking; what comes
/// then is sent. The peer that leaves meanwhile ends it, as does the server's stop.
struct Wait {
    std::chrono::milliseconds at_most{};
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> fields{};
    std::variant<std::string, FileBody, std::unique_ptr<BodySource>, std::unique_ptr<EventFeed>>
        body{};
    bool close = false;                      ///< the connection ends after it
    std::optional<Wait> wait = std::nullopt; ///< see Wait; the rest is then the answer so far
    /// Makes the answer of this one, on a thread that may wait for long: for a file that lies on
    /// another machine, or figures that take their time. It does not throw, and uses no database.
    std::function<Response(Response draft)> later{};

    Response& with(std::string name, std::string value) &;
    Response&& with(std::string name, std::string value) &&;
};

/// What the application says to a request's head, before a byte of its body is read.
struct Admission {
    std::optional<Response> refusal{}; ///< the answer; the body is not read. It may wait.
    std::size_t body_bytes_max = 0;    ///< of a body that is read as a whole
    std::unique_ptr<BodySink> sink{};  ///< or where the body goes as it comes
};

/// Everything behind the HTTP front. Calls come from its one application thread, one at a time,
/// except those of BodySink, BodySource (see body.hpp) and `Response::later`.
class Application {
  public:
    Application() = default;
    Application(Application const&) = delete;
    Application& operator=(Application const&) = delete;
    virtual ~Application() = default;

    /// Finds the operation and decides by the head alone: rights, quota, offset.
    [[nodiscard]] virtual Admission admit(Request& head) = 0;
    /// Answers a request that was admitted and has no sink.
    [[nodiscard]] virtual Response answer(Request const& request) = 0;
    /// A problem document for what the front itself refuses (framing, size, time), and for what the
    /// two above throw: 503 for std::bad_alloc, 500 for the rest. Its status is the kind's.
    /// @param request  what is known of it: always `id` and `peer`, the rest only for a sound head
    [[nodiscard]] virtual Response
    refuse(Request const& request, RefusalKind const& kind, std::string_view detail) = 0;
};

} // namespace stemlathe::service
