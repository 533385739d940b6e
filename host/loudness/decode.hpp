#pragma once

#include "formats/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace stemlathe {

/// A file as interleaved float64, full scale 1.0, with its own number of channels. The second
/// meter's own way from bytes to samples.
class Decoder {
  public:
    /// @throws as Reader; Failure{unreadable} the file has more than two channels
    explicit Decoder(std::filesystem::path const& path);

    [[nodiscard]] MediaInfo const& info() const noexcept {
        return reader_.info();
    }

    /// The next frames, valid until the next call; empty at the end.
    /// @throws as Reader; Failure{not_a_number} naming file and moment
    [[nodiscard]] std::span<double const> next(std::int64_t frames);

    /// `next` goes on at `frame`, 0 to info().frames.
    void seek(std::int64_t frame);

    /// The packed bytes that `next` gave last, as the file's samples are stored.
    [[nodiscard]] std::span<std::byte const> bytes() const noexcept {
        return std::span{bytes_}.first(used_bytes_);
    }

  private:
    void refuse_bad_numbers(std::span<double const> samples) const;

    std::filesystem::path path_;
    Reader reader_;
    std::int64_t frame_ = 0;
    std::vector<std::byte> bytes_{};
    std::size_t used_bytes_ = 0;
    std::vector<double> samples_{};
};

} // namespace stemlathe
