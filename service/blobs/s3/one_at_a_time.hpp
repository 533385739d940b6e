#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

namespace stemlathe::service {

/// Lets one thread at a time work on each name.
class OneAtATime {
  public:
    /// Gives the name free when it ends.
    class Turn {
      public:
        Turn(OneAtATime& owner, std::string name) : owner_{owner}, name_{std::move(name)} {}

        Turn(Turn const&) = delete;
        Turn& operator=(Turn const&) = delete;

        ~Turn() {
            std::lock_guard const lock{owner_.mutex_};
            owner_.taken_.erase(name_);
            owner_.changed_.notify_all();
        }

      private:
        OneAtATime& owner_;
        std::string name_;
    };

    [[nodiscard]] Turn wait_for_turn(std::string const& name) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return !taken_.contains(name); });
        taken_.insert(name);
        return Turn{*this, name};
    }

  private:
    std::mutex mutex_{};
    std::condition_variable changed_{};
    std::set<std::string> taken_{};
};

} // namespace stemlathe::service
