#include "service/metrics/service_figures.hpp"

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

std::string_view class_of(int status) noexcept {
    constexpr std::array<std::string_view, 5> kClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};
    return kClasses[static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)];
}

} // namespace

void ServiceFigures::answered(Answered const& request) {
    auto const operation = request.operation.empty() ? "none" : request.operation;
    requests_.add({request.method, operation, class_of(request.status)});
    request_seconds_.observe({operation}, request.seconds);
    if (request.received_bytes > 0.0) {
        received_bytes_.add({operation}, request.received_bytes);
    }
}

void ServiceFigures::executor_broke(std::string_view device) {
    executor_breaks_.add({device});
}

void ServiceFigures::asked_database(std::string_view what, double seconds) {
    database_seconds_.observe({what}, seconds);
}

void ServiceFigures::database_failed(std::string_view what) {
    database_failures_.add({what});
}

void ServiceFigures::event_sent(double lag_s) {
    event_lag_.observe({}, std::max(lag_s, 0.0));
}

void ServiceFigures::limited(std::string_view by) {
    limited_.add({by});
}

void ServiceFigures::certificate_expires(double at_s) noexcept {
    certificate_expires_s_ = at_s;
}

void ServiceFigures::write(Exposition& to) const {
    requests_.write(to);
    request_seconds_.write(to);
    received_bytes_.write(to);
    limited_.write(to);
    executor_breaks_.write(to);
    database_seconds_.write(to);
    database_failures_.write(to);
    event_lag_.write(to);
    if (double const at_s = certificate_expires_s_; at_s > 0.0) {
        to.gauge(
            "stemlathe_tls_certificate_expiry_seconds",
            "When the certificate in use expires, in seconds since 1970.",
            at_s
        );
    }
}

} // namespace stemlathe::service
