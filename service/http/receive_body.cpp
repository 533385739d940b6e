#include "service/http/connection.hpp"
#include "service/http/interrupt.hpp"
#include "service/http/threads.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>
#include <vector>

/// Bodies of requests: kept as a whole, or handed to a sink as they come.
namespace stemlathe::service {

namespace {

constexpr std::int64_t kChunkBytes = 262'144;

/// What a sink, or the application for it, says at the end.
Response finish(BodySink& sink, bool is_complete, bool& has_failed) {
    try {
        return sink.finish(is_complete);
    } catch (std::exception const&) {
        has_failed = true;
        return {};
    }
}

} // namespace

Connection::Task<bool> Connection::invite(bool expects_continue) {
    if (!expects_continue || body_left_ == 0 || !input_.empty()) {
        co_return true;
    }
    Pace pace{hub_.settings.limits, Clock::now()};
    co_return co_await send_text("HTTP/1.1 100 Continue\r\n\r\n", false, pace);
}

std::size_t Connection::take_input(std::span<char> into) {
    auto const count = std::min(into.size(), input_.size());
    std::memcpy(into.data(), input_.data(), count);
    input_.erase(0, count);
    return count;
}

Connection::Task<std::optional<Refusal>> Connection::read_whole_body(std::size_t bytes_max) {
    if (bytes_max == 0) {
        co_return Refusal{.kind = kBadRequest, .detail = "This operation takes no body."};
    }
    if (body_left_ > static_cast<std::int64_t>(bytes_max)) {
        co_return Refusal{.kind = kBodyTooLarge, .detail = "The body is larger than allowed."};
    }
    set_deadline(Clock::now() + hub_.settings.limits.body_time);
    while (body_left_ > 0) {
        auto const wanted = std::min(static_cast<std::size_t>(body_left_), hub_.scratch.size());
        std::span<char> const room{hub_.scratch.data(), wanted};
        auto count = take_input(room);
        if (count == 0) {
            count = co_await receive(room);
        }
        if (count == 0 && is_expired_) {
            co_return Refusal{.kind = kTooSlow, .detail = "The body took too long."};
        }
        if (count == 0) {
            has_left_ = true;
            co_return std::nullopt;
        }
        request_->body.append(room.data(), count);
        body_left_ -= static_cast<std::int64_t>(count);
    }
    set_deadline(kNever);
    co_return std::nullopt;
}

Connection::Task<std::optional<Response>> Connection::read_into(std::unique_ptr<BodySink>& sink) {
    interrupt_ = std::make_shared<Interrupt>(hub_.io, weak_from_this());
    phase_ = Phase::upload;
    is_called_off_ = hub_.is_stopping();
    bool const is_complete = co_await pump(*sink);
    phase_ = Phase::busy;
    is_called_off_ = false;
    interrupt_->cut();
    interrupt_.reset();
    set_deadline(kNever);
    Response response;
    bool has_failed = false;
    std::function<void()> const work = [&] {
        response = finish(*sink, is_complete, has_failed);
        sink.reset();
    };
    co_await run_on(hub_.patient_threads, work);
    if (has_failed) {
        Refusal const refusal{.kind = kInternal, .detail = "The body could not be stored."};
        co_await refuse(refusal);
        co_return std::nullopt;
    }
    co_return std::move(response);
}

Connection::Task<bool> Connection::pump(BodySink& sink) {
    std::vector<char> chunk(static_cast<std::size_t>(std::min(body_left_, kChunkBytes)));
    std::size_t count = 0;
    bool is_sound = true;
    std::function<void()> const write = [&] {
        try {
            sink.write(std::as_bytes(std::span{chunk}.first(count)));
        } catch (std::exception const&) { // finish() is called after it, and knows
            is_sound = false;
        }
    };
    std::function<void()> const attach = [&, line = interrupt_] {
        sink.attach([line] { line->pull(); });
    };
    co_await run_on(hub_.blob_threads, attach);
    Pace pace{hub_.settings.limits, Clock::now()};
    while (body_left_ > 0 && is_sound) {
        set_deadline(pace.deadline());
        auto const wanted = std::min(static_cast<std::size_t>(body_left_), chunk.size());
        std::span<char> const room{chunk.data(), wanted};
        count = must_give_up() ? 0 : take_input(room);
        if (count == 0) {
            count = co_await receive(room);
        }
        if (count == 0) {
            co_return false;
        }
        set_deadline(kNever);
        auto const arrived = Clock::now();
        pace.moved(count, arrived);
        co_await run_on(hub_.blob_threads, write);
        pace.excuse(Clock::now() - arrived);
        body_left_ -= static_cast<std::int64_t>(count);
    }
    co_return is_sound;
}

} // namespace stemlathe::service
