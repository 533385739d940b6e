#pragma once

#include <cstdint>
#include <filesystem>
#include <thread>

namespace stemlathe::test {

/// A file system of its own at a folder, in memory, which can be filled up. Its mount is this
/// process's and its children's alone, and goes with them.
class SmallDisk {
  public:
    SmallDisk(std::filesystem::path folder, std::int64_t bytes);
    SmallDisk(SmallDisk const&) = delete;
    SmallDisk& operator=(SmallDisk const&) = delete;
    ~SmallDisk();

    /// False where this machine lets us mount nothing.
    [[nodiscard]] bool is_there() const noexcept {
        return is_there_;
    }

    /// What a test says that is skipped for its absence.
    static constexpr char const* kAbsent = "needs postgresql-15, and root that may mount a tmpfs";

    [[nodiscard]] std::int64_t free_bytes() const;

    /// From now on hardly anything is free: what others give back is taken at once.
    void fill();
    /// There is room again.
    void empty();

  private:
    [[nodiscard]] std::filesystem::path ballast() const {
        return folder_ / "ballast";
    }

    std::filesystem::path folder_;
    bool is_there_ = false;
    std::jthread filler_{};
};

} // namespace stemlathe::test
