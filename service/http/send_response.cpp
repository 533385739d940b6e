#include "service/http/connection.hpp"
#include "service/http/response_head.hpp"
#include "service/http/threads.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

/// Responses, from memory, from a file, from a source.
namespace stemlathe::service {

namespace {

constexpr std::size_t kPieceBytes = 262'144;
constexpr std::size_t kJoinedBytesMax = 65'536; ///< a body that is sent together with its head

std::size_t read_from(BodySource& source, std::vector<char>& piece) noexcept {
    try {
        return std::min(source.read(std::as_writable_bytes(std::span{piece})), piece.size());
    } catch (std::exception const&) {
        return 0; // the connection ends before the promised length: the client notices
    }
}

} // namespace

Connection::Task<bool> Connection::send_response(Response& response, bool keeps_alive) {
    if (hub_.settings.seen) {
        hub_.settings.seen(
            *request_, response.status, std::max(request_->body_bytes - body_left_, std::int64_t{0})
        );
    }
    for (auto& [name, value] : request_->answer_fields) {
        response.with(std::move(name), std::move(value));
    }
    Pace pace{hub_.settings.limits, Clock::now()};
    auto* const feed = std::get_if<std::unique_ptr<EventFeed>>(&response.body);
    auto* const source = std::get_if<std::unique_ptr<BodySource>>(&response.body);
    auto const* const file = std::get_if<FileBody>(&response.body);
    auto const* const text = std::get_if<std::string>(&response.body);
    must_linger_ = !keeps_alive || feed != nullptr;
    auto head = response_head(
        response,
        {.method = request_->method,
         .request_id = request_->id,
         .keeps_alive = !must_linger_,
         .is_secure = request_->is_secure,
         .now = std::chrono::system_clock::now()}
    );
    bool const has_more = has_body(response, request_->method);
    bool const is_joined = has_more && text != nullptr && text->size() <= kJoinedBytesMax;
    if (is_joined) {
        head += *text;
    }
    bool const is_followed = has_more && !is_joined && feed == nullptr;
    bool is_sent = co_await send_text(head, is_followed, pace);
    if (is_sent && has_more && !is_joined) {
        if (text != nullptr) {
            is_sent = co_await send_text(*text, false, pace);
        } else if (file != nullptr) {
            is_sent = co_await send_file(*file, pace);
        } else if (source != nullptr) {
            is_sent = co_await send_source(**source, pace);
        } else {
            is_sent = co_await send_events(**feed);
        }
    }
    std::function<void()> const destroy = [&] {
        response.body = std::string{};
    };
    if (source != nullptr) {
        co_await run_on(hub_.patient_threads, destroy);
    } else if (feed != nullptr) {
        co_await run_on(hub_.application_thread, destroy);
    }
    bool const goes_on = is_sent && !must_linger_;
    must_linger_ = must_linger_ && is_sent;
    must_reset_ = !is_sent && is_expired_;
    co_return goes_on;
}

Connection::Task<bool> Connection::send_text(std::string_view text, bool has_more, Pace& pace) {
    set_deadline(pace.deadline());
    while (!text.empty() && !must_give_up()) {
        auto const step = wire_->write(text, has_more);
        if (step.state == WireStep::State::done) {
            text.remove_prefix(step.bytes);
            pace.moved(step.bytes, Clock::now());
            set_deadline(pace.deadline());
        } else if (step.is_waiting()) {
            co_await ready_for(step);
        } else {
            break;
        }
    }
    deadline_ = kNever; // and what has expired stays so
    co_return text.empty();
}

Connection::Task<bool> Connection::send_file(FileBody const& file, Pace& pace) {
    if (!file.descriptor) {
        co_return false;
    }
    auto offset = file.offset;
    auto left = static_cast<std::size_t>(std::max<std::int64_t>(file.bytes, 0));
    WireStep step;
    std::function<void()> const send = [&] {
        step = wire_->send_file(*file.descriptor, offset, left);
    };
    while (left > 0 && !must_give_up()) {
        auto const begun = Clock::now();
        co_await run_on(hub_.blob_threads, send); // the disk may be slow
        auto const now = Clock::now();
        pace.excuse(now - begun);
        if (step.state == WireStep::State::done) {
            offset += static_cast<std::int64_t>(step.bytes);
            left -= step.bytes;
            pace.moved(step.bytes, now);
        } else if (step.is_waiting()) {
            set_deadline(pace.deadline());
            co_await ready_for(step);
            deadline_ = kNever; // and what has expired stays so
        } else {                // also where the file is shorter than was promised
            break;
        }
    }
    co_return left == 0;
}

Connection::Task<bool> Connection::send_source(BodySource& source, Pace& pace) {
    auto left = static_cast<std::size_t>(std::max<std::int64_t>(source.bytes(), 0));
    std::vector<char> piece(std::min(left, kPieceBytes));
    std::size_t count = 0;
    std::function<void()> const read = [&] {
        count = read_from(source, piece);
    };
    while (left > 0) {
        auto const begun = Clock::now();
        co_await run_on(hub_.patient_threads, read);
        pace.excuse(Clock::now() - begun);
        count = std::min(count, left);
        std::string_view const text{piece.data(), count};
        bool const is_sent = count > 0 && co_await send_text(text, false, pace);
        if (!is_sent) {
            co_return false;
        }
        left -= count;
    }
    co_return true;
}

} // namespace stemlathe::service
