#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace stemlathe::service {

/// Which uploads somebody is writing to: one at a time each. Any thread.
class OpenUploads {
  public:
    /// Whoever holds it may write; its end lets the next one in.
    class Hold {
      public:
        Hold(OpenUploads& uploads, std::string id);
        Hold(Hold const&) = delete;
        Hold& operator=(Hold const&) = delete;
        ~Hold();

        /// What is called when another one wants it; at once where somebody does already.
        void on_interrupt(std::function<void()> const& interrupt);

      private:
        OpenUploads& uploads_;
        std::string id_;
    };

    /// @param released  called after an upload became free, from its holder's thread
    explicit OpenUploads(std::function<void()> released);

    /// @param tenant  whose uploads are counted; empty: this one is not
    /// @returns nothing: it is held, and its holder is not disturbed
    [[nodiscard]] std::unique_ptr<Hold> take(std::string const& id, std::string const& tenant);

    /// Asks the holder, if there is one, to make an end. @returns whether there is one
    bool interrupt(std::string const& id);

    [[nodiscard]] bool is_open(std::string const& id) const;
    [[nodiscard]] bool is_any() const;

    /// How many uploads of the tenant are written to.
    [[nodiscard]] std::int64_t count(std::string const& tenant) const;

  private:
    struct Entry {
        std::string tenant{};
        std::function<void()> interrupt{};
        bool is_wanted = false;
    };

    void release(std::string const& id);

    std::function<void()> released_;
    mutable std::mutex mutex_{};
    std::map<std::string, Entry, std::less<>> entries_{};
};

} // namespace stemlathe::service
