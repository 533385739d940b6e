#include "service/http/hub.hpp"

#include "service/http/connection.hpp"
#include "service/http/forwarded.hpp"

#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/post.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <new>
#include <utility>

namespace stemlathe::service {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

/// Deadlines are kept to this; one pass over 10,000 connections takes well under a millisecond.
constexpr std::chrono::milliseconds kSweepTime{100};
constexpr std::size_t kTurnedAwayMax = 64;
constexpr double kDescriptorsShare = 0.9; // the rest is for files and the database

std::size_t most_descriptors() noexcept {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<std::size_t>(kDescriptorsShare * static_cast<double>(limit.rlim_cur));
}

/// Who counts as one peer: an IPv4 address, or the 64 bits of an IPv6 address that name a network.
std::string peer_group(std::string const& peer) {
    boost::system::error_code error;
    auto const address = asio::ip::make_address_v6(peer, error);
    if (error) {
        return peer;
    }
    auto bytes = address.to_bytes();
    std::fill(bytes.begin() + bytes.size() / 2, bytes.end(), std::uint8_t{0});
    return asio::ip::make_address_v6(bytes).to_string();
}

} // namespace

Hub::Hub(HttpSettings const& the_settings, Application& the_application)
    : settings(the_settings),
      application(the_application),
      descriptors_max_(most_descriptors()),
      sweep_timer_(io) {}

bool Hub::has_room_for(std::string const& peer, int descriptor) const {
    auto const& limits = settings.limits;
    auto const from_peer = peers_.find(peer_group(peer));
    // The kernel gives the lowest free descriptor: its number says how many are in use.
    return static_cast<std::size_t>(descriptor) < descriptors_max_ &&
           connections_.size() - turned_away_ < limits.connections_max &&
           (from_peer == peers_.end() || from_peer->second < limits.connections_per_peer_max ||
            is_trusted_proxy(peer, settings.trusted_proxies));
}

bool Hub::can_turn_away() const noexcept {
    return turned_away_ < kTurnedAwayMax;
}

void Hub::enter(std::shared_ptr<Connection> connection) {
    if (connection->is_turned_away()) {
        ++turned_away_;
    } else {
        ++peers_[peer_group(connection->peer())];
    }
    connections_.insert(std::move(connection));
    if (!is_sweeping_) {
        is_sweeping_ = true;
        sweep();
    }
}

void Hub::leave(std::shared_ptr<Connection> const& connection) {
    if (connection->is_turned_away()) {
        --turned_away_;
    } else if (auto const peer = peers_.find(peer_group(connection->peer())); --peer->second == 0) {
        peers_.erase(peer);
    }
    connections_.erase(connection);
    if (is_stopping_ && connections_.empty()) {
        std::lock_guard const lock{empty_mutex_};
        is_empty_for_good_ = true;
        empty_changed_.notify_all();
    }
}

void Hub::fall_asleep(Connection& connection) {
    sleepers_.insert(&connection);
}

void Hub::get_up(Connection& connection) noexcept {
    sleepers_.erase(&connection);
}

void Hub::wake() noexcept {
    if (is_wake_due_.exchange(true)) {
        return;
    }
    try {
        asio::post(io, [this] { ring(); });
    } catch (std::bad_alloc const&) { // the sweep rings
    }
}

void Hub::ring() {
    if (!is_wake_due_.exchange(false)) {
        return;
    }
    ++wakes_;
    for (auto* const sleeper : std::exchange(sleepers_, {})) {
        sleeper->wake();
    }
}

void Hub::sweep() {
    ring();
    auto const now = Clock::now();
    for (auto const& connection : connections_) {
        connection->expire_at(now);
    }
    if (connections_.empty()) {
        is_sweeping_ = false;
        return;
    }
    sweep_timer_.expires_at(now + kSweepTime);
    sweep_timer_.async_wait([this](boost::system::error_code) { sweep(); });
}

void Hub::begin_to_stop() {
    is_stopping_ = true;
    for (auto const& connection : connections_) {
        connection->call_off();
    }
    if (connections_.empty()) {
        std::lock_guard const lock{empty_mutex_};
        is_empty_for_good_ = true;
        empty_changed_.notify_all();
    }
}

void Hub::cut_all() {
    for (auto const& connection : connections_) {
        connection->cut();
    }
}

void Hub::drain() {
    asio::post(io, [this] { begin_to_stop(); });
    std::unique_lock lock{empty_mutex_};
    auto const is_empty = [&] {
        return is_empty_for_good_;
    };
    if (!empty_changed_.wait_for(lock, settings.limits.drain_time, is_empty)) {
        asio::post(io, [this] { cut_all(); });
        empty_changed_.wait(lock, is_empty);
    }
}

} // namespace stemlathe::service
