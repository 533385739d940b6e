#pragma once

#include "host/report/report.hpp"

#include <array>
#include <vector>

/// What sample_report_with_masking is put together from: a song that was never played.
namespace stemlathe::test::sample {

inline constexpr double kSong_s = 180.0;
inline constexpr std::size_t kColumns = 600;

/// A stem of the made-up song: where in the spectrum it lives, when it plays, how loud.
struct Player {
    char const* file;
    Role role;
    double low_cam;
    double high_cam;
    double level_lufs;
    std::array<double, 9> sections; ///< of 20 s each: how much it plays, 0 .. 1
};

inline constexpr std::array<Player, 5> kPlayers{{
    {"01_Drums.wav", Role::drums, 3, 38, -19.5, {0.3, 0.8, 0.8, 1, 0.8, 1, 0.2, 1, 0.6}},
    {"02_Bass.wav", Role::bass, 2, 16, -21.0, {0, 0.8, 0.8, 1, 0.8, 1, 0.3, 1, 0.5}},
    {"03_Vocals.wav", Role::vocals, 8, 35, -19.0, {0, 0.8, 0.7, 1, 0.8, 1, 0.6, 1, 0}},
    {"04_Guitars & <Keys>.wav",
     Role::instruments,
     6,
     33,
     -20.0,
     {1, 0.6, 0.6, 1, 0.6, 1, 1, 1, 0.8}},
    {"05_FX.wav", Role::fx, 12, 38, -32.0, {0.4, 0, 0, 0.7, 0, 0.7, 0.9, 0.7, 1}},
}};

/// 75 bands from 1.8 to 38.8 Cam.
[[nodiscard]] std::vector<double> bands_hz();

[[nodiscard]] std::vector<StemReading> stems();

/// Where the findings of the player are, its margins are those of the findings.
[[nodiscard]] MaskingMap map_of(Player const& player, std::vector<MaskingFinding> const& findings);

[[nodiscard]] std::vector<float> short_term_lufs(double integrated_lufs);

/// Five deliveries over the whole song, made from the two of the plain sample.
[[nodiscard]] std::vector<DeliveryReport> deliveries(MasteringReport const& plain);

/// Thirteen, with pictures; the most important first.
[[nodiscard]] std::vector<MaskingFinding> findings();

[[nodiscard]] std::vector<MaskingPair> pairs();

/// One about a moment, one about a stretch, one about the whole song.
[[nodiscard]] std::vector<CommentReading> comments();

} // namespace stemlathe::test::sample
