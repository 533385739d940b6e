#pragma once

#include "formats/file.hpp"
#include "formats/jail/local_source.hpp"
#include "formats/jail/wire.hpp"
#include "formats/sndfile_source.hpp"

#include <cstddef>
#include <optional>
#include <span>

/// Private to formats/.
namespace stemlathe::formats {

/// What a decoder does, once it is locked in.
class DecoderAnswers {
  public:
    /// @param window  where `read` puts audio
    DecoderAnswers(File input, std::span<std::byte> window) noexcept;

    /// Never throws: what goes wrong is the answer.
    [[nodiscard]] Reply answer(Request const& request) noexcept;

  private:
    [[nodiscard]] Reply done(Request const& request);
    [[nodiscard]] Reply open(Container container);
    [[nodiscard]] Reply read(std::int64_t first, std::int64_t frames);
    [[nodiscard]] Reply probe(AudioKinds kinds);

    std::optional<File> input_;
    std::span<std::byte> window_;
    std::optional<SndfileSource> source_{}; ///< opened
    std::optional<LocalSource> probed_{};
};

} // namespace stemlathe::formats
