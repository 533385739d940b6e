#pragma once

#include "host/pipeline/admit.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace stemlathe::test {

/// What intake makes of a session.
struct Checked {
    Session session{};
    Survey survey{};

    /// The findings of the null test: those with one of its codes.
    [[nodiscard]] std::vector<Finding> null_findings() const;

    /// Their codes and stems, "late_start 02_Bass.wav", sorted.
    [[nodiscard]] std::vector<std::string> named() const;

    [[nodiscard]] NullReading reading() const;

    /// What the null test found about a stem; EXPECTs that it found something.
    [[nodiscard]] Finding about(std::string const& stem) const;
};

/// Four stems of noise of different colours and a reference mix made of them, to be spoilt.
class NullSession : public ::testing::Test {
  protected:
    static constexpr int kRate_hz = 48'000;
    static constexpr std::int64_t kFrames = 6 * kRate_hz;

    NullSession();

    /// Writes the stems and the mix as they now are and takes them in.
    [[nodiscard]] Checked check();

    /// RMS of reference - gain * sum of the stems as they are, over RMS of the reference, dB, by
    /// float64 in the time domain.
    [[nodiscard]] double residual_db(double gain = 1.0) const;

    /// The sum of all stems, float64 rounded once.
    [[nodiscard]] Signal sum() const;

    [[nodiscard]] std::string const& file(std::size_t stem) const {
        return files_[stem];
    }

    std::vector<Signal> stems_;
    Signal reference_;
    int reference_rate_hz_ = kRate_hz;
    bool mono_ = false; ///< stems are written as mono files
    int threads_ = 2;
    std::int64_t segment_frames_ = 0;
    std::string toml_{};
    std::vector<std::optional<std::int64_t>> time_references_{}; ///< [stems] frames since midnight
    std::vector<std::string> files_{
        "01_Drums.wav", "02_Bass.wav", "03_Vocals.wav", "04_Instruments.wav"};
    TempFolder folder_;
    std::unique_ptr<Backend> backend_ = open_backend(parse_backend_choice("cpu"));
};

/// The signal `frames` later (earlier where negative), as long as before.
[[nodiscard]] Signal moved(Signal const& signal, std::int64_t frames);

/// 16-bit with triangular dither, as a DAW bounces.
[[nodiscard]] Signal dithered_16(Signal signal);

} // namespace stemlathe::test
