#pragma once

#include "service/metrics/families.hpp"

#include <atomic>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// What a process of the service counts while it runs; README.md says what each is for. Any thread.
class ServiceFigures {
  public:
    /// An answered request. @param operation  the route's pattern; empty: none of ours
    struct Answered {
        std::string_view method{};
        std::string_view operation{};
        int status = 0;
        double seconds = 0.0; ///< from its first byte to the beginning of its answer
        double received_bytes = 0.0;
    };

    void answered(Answered const& request);
    void executor_broke(std::string_view device);
    /// @param what  query, begin or commit
    void asked_database(std::string_view what, double seconds);
    void database_failed(std::string_view what);
    void event_sent(double lag_s);

    /// @param by  token, client or address
    void limited(std::string_view by);

    /// The certificate in use, by when it expires: seconds since 1970.
    void certificate_expires(double at_s) noexcept;

    void write(Exposition& to) const;

  private:
    std::atomic<double> certificate_expires_s_{0.0}; ///< 0: no TLS
    CounterFamily requests_{
        {"stemlathe_http_requests_total",
         "Requests by operation and class of status.",
         {"method", "operation", "status"}}};
    HistogramFamily request_seconds_{
        {"stemlathe_http_request_seconds",
         "From a request's first byte to the beginning of its answer.",
         {"operation"}},
        {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0}};
    CounterFamily received_bytes_{
        {"stemlathe_http_received_bytes_total", "Bytes of request bodies.", {"operation"}}};
    CounterFamily limited_{
        {"stemlathe_rate_limited_total", "Requests over a limit of [limits].", {"by"}}};
    CounterFamily executor_breaks_{
        {"stemlathe_executor_restarts_total",
         "Executors that broke and were replaced, by device.",
         {"device"}}};
    HistogramFamily database_seconds_{
        {"stemlathe_database_seconds",
         "Time of statements, and of waiting for the turn (begin) and the disk (commit).",
         {"what"}},
        {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5}};
    CounterFamily database_failures_{
        {"stemlathe_database_failures_total", "The same, of what failed.", {"what"}}};
    HistogramFamily event_lag_{
        {"stemlathe_event_lag_seconds",
         "Age of an event when a stream that waited for it takes it.",
         {}},
        {0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0}};
};

} // namespace stemlathe::service
