#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// Bodies that are not held in memory as a whole.
namespace stemlathe::service {

struct Response;

/// Takes a request's body as it comes. All calls, the destructor's too, come from one thread at a
/// time, in order: a blob thread, and `finish` from one that may wait for long.
class BodySink {
  public:
    BodySink() = default;
    BodySink(BodySink const&) = delete;
    BodySink& operator=(BodySink const&) = delete;
    virtual ~BodySink() = default;

    /// Given once before the first write: calling `interrupt`, from any thread, any number of
    /// times, ends the reading of this body early. It stays safe to call after the request is over.
    virtual void attach(std::function<void()> interrupt) = 0;
    virtual void write(std::span<std::byte const> bytes) = 0;
    /// Called exactly once, also after a write that threw (nothing is written after it).
    /// @param complete  false: the peer, an interruption, the minimal rate, a write that threw or
    /// the server's stop cut the body off; the answer may not reach anybody then
    [[nodiscard]] virtual Response finish(bool complete) = 0;
};

/// An open file, or a stretch of it, sent as it lies on disk.
struct FileBody {
    std::shared_ptr<int const> descriptor{}; ///< closed by its deleter
    std::int64_t offset = 0;
    std::int64_t bytes = 0;
};

/// Makes a response's body piece by piece; its length is known before. Called, and destroyed, on a
/// thread that may wait for long.
class BodySource {
  public:
    BodySource() = default;
    BodySource(BodySource const&) = delete;
    BodySource& operator=(BodySource const&) = delete;
    virtual ~BodySource() = default;

    /// Asked before the first read, from the network's thread.
    [[nodiscard]] virtual std::int64_t bytes() const = 0;
    /// @returns how many bytes were made; 0 only at the end. A throw cuts the connection.
    [[nodiscard]] virtual std::size_t read(std::span<std::byte> into) = 0;
};

/// One server-sent event (HTML standard, 9.2).
struct ServerEvent {
    std::int64_t id = 0;
    std::string type{};
    std::string data{}; ///< lines
};

/// An endless response of events. Called, and destroyed, on the application thread.
class EventFeed {
  public:
    EventFeed() = default;
    EventFeed(EventFeed const&) = delete;
    EventFeed& operator=(EventFeed const&) = delete;
    virtual ~EventFeed() = default;

    /// The events since the last call, at most 256; asked again after each wake-up.
    /// @returns an empty list where nothing is new
    [[nodiscard]] virtual std::vector<ServerEvent> next() = 0;
    /// True when the stream must end (its token was revoked); the client then meets 401.
    [[nodiscard]] virtual bool is_over() = 0;
};

} // namespace stemlathe::service
