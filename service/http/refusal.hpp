#pragma once

#include <array>
#include <string_view>

/// What the front refuses with by itself.
namespace stemlathe::service {

/// A kind of the application's catalogue of problems, and the status that goes with it.
struct RefusalKind {
    int status = 0;
    std::string_view name{};
};

inline constexpr RefusalKind kBadRequest{.status = 400, .name = "bad-request"};
inline constexpr RefusalKind kTooSlow{.status = 408, .name = "request-timeout"};
inline constexpr RefusalKind kBodyTooLarge{.status = 413, .name = "too-large"};
inline constexpr RefusalKind kTargetTooLong{.status = 414, .name = "uri-too-long"};
inline constexpr RefusalKind kExpectationFailed{.status = 417, .name = "expectation-failed"};
inline constexpr RefusalKind kWrongHost{.status = 421, .name = "wrong-host"};
inline constexpr RefusalKind kHeadTooLarge{.status = 431, .name = "header-too-large"};
inline constexpr RefusalKind kInternal{.status = 500, .name = "internal"};
inline constexpr RefusalKind kNotSpoken{.status = 501, .name = "not-implemented"};
inline constexpr RefusalKind kUnavailable{.status = 503, .name = "unavailable"};
inline constexpr RefusalKind kWrongVersion{.status = 505, .name = "http-version"};

/// All of them: a test holds them against the catalogue.
inline constexpr std::array kRefusalKinds{
    kBadRequest,
    kTooSlow,
    kBodyTooLarge,
    kTargetTooLong,
    kExpectationFailed,
    kWrongHost,
    kHeadTooLarge,
    kInternal,
    kNotSpoken,
    kUnavailable,
    kWrongVersion};

/// Why the front answers for itself; the connection ends after it.
struct Refusal {
    RefusalKind kind = kBadRequest;
    std::string_view detail{}; ///< a sentence
};

} // namespace stemlathe::service
