#pragma once

#include "formats/inspection.hpp"
#include "formats/sndfile_source.hpp"
#include "formats/wave_source.hpp"

#include <cstdint>
#include <span>
#include <utility>
#include <variant>

/// Private to formats/.
namespace stemlathe::formats {

/// Any audio file, read in this very process: for the decoder in its jail, and for fuzzers.
class LocalSource {
  public:
    /// @throws MediaFailure the file is refused
    LocalSource(File file, AudioKinds kinds) : source_(opened(std::move(file), kinds)) {
        require_rate_and_channels(info(), this->file().path());
        if (std::holds_alternative<SndfileSource>(source_)) {
            require_budget(info(), this->file().path());
        }
    }

    [[nodiscard]] MediaInfo const& info() const noexcept {
        return std::visit(
            [](auto const& each) -> MediaInfo const& { return each.info(); }, source_
        );
    }

    [[nodiscard]] File const& file() const noexcept {
        return std::visit([](auto const& each) -> File const& { return each.file(); }, source_);
    }

    [[nodiscard]] std::int64_t
    read(std::span<std::byte> into, std::int64_t first, std::int64_t frames) {
        return std::visit([&](auto& each) { return each.read(into, first, frames); }, source_);
    }

  private:
    using Source = std::variant<WaveSource, SndfileSource>;

    static Source opened(File file, AudioKinds kinds) {
        auto const inspection = inspect(file, kinds);
        if (inspection.is_raw()) {
            return WaveSource{std::move(file), *inspection.wave};
        }
        SndfileSource source{std::move(file), inspection.container};
        complete(source.info(), inspection, source.file());
        return source;
    }

    Source source_;
};

} // namespace stemlathe::formats
