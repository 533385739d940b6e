#pragma once

#include "service/http/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace stemlathe::service {

class Connection;

/// What all connections share: settings, threads, the list of connections with their deadlines.
/// Everything belongs to the network's thread except what says otherwise.
class Hub {
  public:
    static constexpr std::size_t kPatientThreads = 16;

    Hub(HttpSettings const& settings, Application& application);

    HttpSettings const settings;
    Application& application;
    boost::asio::io_context io{1};
    boost::asio::thread_pool application_thread{1};
    boost::asio::thread_pool blob_threads{2};
    /// For what waits for other machines: however many of these do, files and uploads go on.
    boost::asio::thread_pool patient_threads{kPatientThreads};
    /// For bytes that are looked at before the thread goes on to another connection.
    std::array<char, 65'536> scratch{};

    [[nodiscard]] bool is_stopping() const noexcept {
        return is_stopping_;
    }

    /// Counts wake-ups, so that one between looking and sleeping is not missed.
    [[nodiscard]] std::uint64_t wakes() const noexcept {
        return wakes_;
    }

    /// Whether one more connection may come in (descriptors, all connections, those of the peer).
    [[nodiscard]] bool has_room_for(std::string const& peer, int descriptor) const;
    /// Whether one more may at least be told to come back later.
    [[nodiscard]] bool can_turn_away() const noexcept;
    void enter(std::shared_ptr<Connection> connection);
    void leave(std::shared_ptr<Connection> const& connection);
    void fall_asleep(Connection& connection);
    void get_up(Connection& connection) noexcept;

    /// From any thread.
    void wake() noexcept;
    /// From any thread but the hub's own. Asks all connections to end, cuts off the rest after the
    /// drain time, and returns when none is left.
    void drain();

  private:
    void ring();
    void sweep();
    void begin_to_stop();
    void cut_all();

    std::set<std::shared_ptr<Connection>> connections_{};
    std::set<Connection*> sleepers_{};
    std::map<std::string, std::size_t> peers_{};
    std::size_t turned_away_ = 0;
    std::size_t descriptors_max_ = 0;
    bool is_stopping_ = false;
    std::uint64_t wakes_ = 0;
    boost::asio::steady_timer sweep_timer_;
    bool is_sweeping_ = false;
    std::atomic<bool> is_wake_due_{false};

    std::mutex empty_mutex_{};
    std::condition_variable empty_changed_{};
    bool is_empty_for_good_ = false; ///< under empty_mutex_
};

} // namespace stemlathe::service
