#include "host/album/join_files.hpp"

#include "formats/reader.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>

namespace stemlathe {

namespace {

constexpr std::int64_t kJoined_frames = 65'536;

class Joiner {
  public:
    Joiner(std::filesystem::path path, EncodeSettings const& settings, std::stop_token stop)
        : path_(std::move(path)),
          settings_(settings),
          stop_(std::move(stop)),
          writer_(path_, settings),
          bytes_(static_cast<std::size_t>(kJoined_frames * frame_bytes())) {}

    void add(Piece const& piece) {
        if (piece.file) {
            Reader reader{*piece.file};
            check(reader.info(), piece);
            write(piece.frames, [&](std::int64_t frames) { return reader.read(bytes_, frames); });
        } else {
            std::ranges::fill(bytes_, std::byte{0});
            write(piece.frames, [](std::int64_t frames) { return frames; });
        }
    }

    void finish() {
        writer_.finish();
    }

  private:
    [[nodiscard]] std::int64_t frame_bytes() const {
        return settings_.channels * bytes_per_sample(settings_.input);
    }

    void check(MediaInfo const& info, Piece const& piece) const {
        if (info.rate_hz != settings_.rate_hz || info.channels != settings_.channels ||
            info.packed != settings_.input || info.frames < piece.frames) {
            throw Failure{
                Code::internal,
                fmt::format(
                    "{} does not fit into {}: rate, channels, depth or length differ",
                    piece.file->string(),
                    path_.filename().string()
                )};
        }
    }

    template <typename Fill>
    void write(std::int64_t frames, Fill const& fill) {
        while (frames > 0) {
            if (stop_.stop_requested()) {
                throw Failure{Code::cancelled, "stopped while joining " + path_.string()};
            }
            auto const count = fill(std::min(frames, kJoined_frames));
            if (count == 0) {
                throw Failure{Code::internal, path_.string() + ": a song ended early"};
            }
            auto const size = static_cast<std::size_t>(count * frame_bytes());
            writer_.write({.bytes = std::span{bytes_}.first(size), .frames = count});
            frames -= count;
        }
    }

    std::filesystem::path path_;
    EncodeSettings settings_;
    std::stop_token stop_;
    Writer writer_;
    std::vector<std::byte> bytes_;
};

} // namespace

void join_files(
    std::filesystem::path const& path,
    std::vector<Piece> const& pieces,
    EncodeSettings settings,
    std::stop_token const& stop
) {
    settings.frames_expected = 0;
    for (auto const& piece : pieces) {
        settings.frames_expected += piece.frames;
    }
    Joiner joiner{path, settings, stop};
    for (auto const& piece : pieces) {
        joiner.add(piece);
    }
    joiner.finish();
}

} // namespace stemlathe
