#include "service/http/connection.hpp"
#include "service/http/forwarded.hpp"
#include "service/http/interrupt.hpp"
#include "service/http/request_reader.hpp"
#include "service/http/target.hpp"
#include "service/http/threads.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <new>
#include <system_error>
#include <utility>

/// Requests one after the other: head, admission, body, answer.
namespace stemlathe::service {

namespace {

/// 128 random bits in hexadecimal.
std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        throw std::system_error{errno, std::generic_category(), "getrandom"};
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string id;
    for (unsigned const byte : bytes) {
        id += kDigits[byte >> 4U];
        id += kDigits[byte & 15U];
    }
    return id;
}

Response answer_of(
    std::function<Response()> const& question, Application& application, Request const& request
) {
    try {
        return question();
    } catch (std::bad_alloc const&) {
        return application.refuse(request, kUnavailable, "Memory is short; try again.");
    } catch (std::exception const& error) {
        return application.refuse(request, kInternal, error.what());
    }
}

} // namespace

void Connection::begin_request() {
    request_ = std::make_unique<Request>();
    request_->id = random_id();
    request_->peer = peer_;
    request_->is_secure = wire_->is_secure();
}

Connection::Task<void> Connection::turn_away() {
    begin_request();
    phase_ = Phase::busy;
    Refusal const refusal{
        .kind = kUnavailable, .detail = "There are too many connections; try again later."};
    co_await refuse(refusal);
}

Connection::Task<bool> Connection::refuse(Refusal const& refusal) {
    set_deadline(kNever);
    Response response;
    std::function<void()> const work = [&] {
        response = hub_.application.refuse(*request_, refusal.kind, refusal.detail);
        bool const says_when = std::ranges::any_of(response.fields, [](auto const& field) {
            return field.first == "Retry-After";
        });
        if (refusal.kind.status == kUnavailable.status && !says_when) {
            response.with("Retry-After", "5");
        }
    };
    co_await run_on(hub_.application_thread, work);
    co_await send_response(response, false);
    co_return false;
}

Connection::Task<bool> Connection::serve_request() {
    auto const& limits = hub_.settings.limits;
    request_.reset();
    if (input_.empty()) {
        std::string{}.swap(input_);
        if (hub_.is_stopping()) {
            co_return false;
        }
        set_deadline(Clock::now() + limits.idle_time);
        phase_ = Phase::idle;
        bool has_input = wire_->has_input();
        if (!has_input) {
            has_input = co_await ready(Socket::wait_read);
        }
        phase_ = Phase::busy;
        if (!has_input) {
            co_return false;
        }
    }
    begin_request();
    request_->arrived = Clock::now();
    set_deadline(request_->arrived + limits.head_time);
    auto const refusal = co_await read_head();
    if (refusal) {
        co_return co_await refuse(*refusal);
    }
    if (head_end_ == 0) {
        co_return false;
    }
    set_deadline(kNever);
    auto const head = std::string_view{input_}.substr(0, head_end_);
    auto const checked = check_head(head, limits, hub_.settings.hosts);
    if (auto const* const wrong = std::get_if<Refusal>(&checked)) {
        co_return co_await refuse(*wrong);
    }
    auto const facts = std::get<HeadFacts>(checked);
    auto const unread = read_request(facts);
    if (unread) {
        co_return co_await refuse(*unread);
    }
    co_return co_await exchange(facts);
}

Connection::Task<std::optional<Refusal>> Connection::read_head() {
    auto const& limits = hub_.settings.limits;
    head_end_ = 0;
    HeadSearch search;
    while (true) {
        search = find_head(input_, search.end);
        bool const is_complete = search.state == HeadSearch::State::complete;
        if (search.state == HeadSearch::State::broken) {
            co_return Refusal{
                .detail = "The head has a line that does not end in CR LF, or a NUL."};
        }
        if ((is_complete ? search.end : input_.size()) > limits.head_bytes_max) {
            co_return too_large(input_, limits);
        }
        if (is_complete) {
            head_end_ = search.end;
            co_return std::nullopt;
        }
        // Nobody else uses the scratch between the system call and here.
        auto const count = co_await receive(hub_.scratch);
        if (count == 0) {
            bool const is_late = is_expired_ && !input_.empty();
            co_return is_late
                ? std::optional{Refusal{.kind = kTooSlow, .detail = "The head took too long."}}
                : std::nullopt;
        }
        input_.append(hub_.scratch.data(), count);
    }
}

std::optional<Refusal> Connection::read_request(HeadFacts const& facts) {
    auto fields = read_fields(std::string_view{input_}.substr(0, head_end_), facts);
    if (!fields) {
        return Refusal{.detail = "The head can be read in two ways."};
    }
    auto target = parse_target(facts.target);
    if (!target) {
        return Refusal{
            .detail = "The request target has an empty or relative segment, a wrong escape, or a "
                      "character that none may have."};
    }
    request_->method = facts.method;
    request_->path = std::move(target->path);
    request_->query = std::move(target->query);
    request_->fields = std::move(*fields);
    auto const& trusted = hub_.settings.trusted_proxies;
    request_->peer = forwarded_peer(peer_, request_->field("x-forwarded-for"), trusted);
    request_->is_secure = forwarded_security(
        wire_->is_secure(), peer_, request_->field("x-forwarded-proto"), trusted
    );
    request_->body_bytes = facts.body_bytes;
    body_left_ = facts.body_bytes;
    input_.erase(0, head_end_);
    return std::nullopt;
}

Connection::Task<std::optional<Response>> Connection::ask(std::function<Response()> const& question
) {
    std::optional<Clock::time_point> until;
    while (true) {
        auto const seen = hub_.wakes();
        bool const is_last = until && (Clock::now() >= *until || hub_.is_stopping());
        Response response;
        std::function<void()> const work = [&] {
            response = answer_of(question, hub_.application, *request_);
        };
        co_await run_on(hub_.application_thread, work);
        if (!response.wait || is_last) {
            co_return std::move(response);
        }
        if (!until) {
            until = Clock::now() + response.wait->at_most;
        }
        co_await doze(seen, *until);
        if (has_left_ || is_cut_) {
            co_return std::nullopt;
        }
    }
}

Connection::Task<void> Connection::wait_for(Response& response) {
    auto const later = std::exchange(response.later, {});
    std::function<void()> const work = [&] {
        response = later(std::move(response));
    };
    co_await run_on(hub_.patient_threads, work);
}

Connection::Task<bool> Connection::exchange(HeadFacts const& facts) {
    Admission admission;
    bool is_admitted = false;
    bool const has_body = facts.body_bytes > 0;
    std::function<Response()> const question = [&]() -> Response {
        if (!is_admitted) {
            admission = hub_.application.admit(*request_);
            if (admission.refusal) {
                return std::move(*admission.refusal);
            }
            is_admitted = true;
        }
        return has_body || admission.sink ? Response{} : hub_.application.answer(*request_);
    };
    std::function<Response()> const last_question = [&] {
        return hub_.application.answer(*request_);
    };
    auto response = co_await ask(question);
    if (!response) {
        co_return false;
    }
    if (is_admitted && admission.sink) {
        co_await invite(facts.expects_continue);
        response = co_await read_into(admission.sink);
    } else if (is_admitted && has_body) {
        bool const is_welcome = body_left_ <= static_cast<std::int64_t>(admission.body_bytes_max);
        if (is_welcome) {
            co_await invite(facts.expects_continue);
        }
        auto const refusal = co_await read_whole_body(admission.body_bytes_max);
        if (refusal) {
            co_return co_await refuse(*refusal);
        }
        if (!has_left_) {
            response = co_await ask(last_question);
        }
    }
    if (!response || has_left_) {
        co_return false;
    }
    if (response->later) {
        co_await wait_for(*response);
    }
    bool const keeps_alive =
        body_left_ == 0 && facts.keeps_alive && !response->close && !hub_.is_stopping();
    co_return co_await send_response(*response, keeps_alive);
}

} // namespace stemlathe::service
