#pragma once

#include "formats/reader.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// A file as stereo float32 that can be read from any moment; silence before and after it.
class FrameSource {
  public:
    explicit FrameSource(std::filesystem::path const& path);

    [[nodiscard]] MediaInfo const& info() const noexcept {
        return reader_.info();
    }

    /// Fills `into` [frames * 2] with what lies from `first_frame` on, which may be negative.
    /// @throws Failure{not_a_number} naming file and moment
    void read(std::int64_t first_frame, std::span<float> into);

  private:
    std::string file_;
    Reader reader_;
    std::int64_t position_ = 0;
    std::vector<std::byte> packed_;
};

} // namespace stemlathe
