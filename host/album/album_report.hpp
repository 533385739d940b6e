#pragma once

#include "host/album/album.hpp"
#include "host/qc/sheet.hpp"
#include "host/report/report.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

struct AlbumSongReport {
    std::string folder{}; ///< of its results, relative to OUT: "songs/01-NightDrive"
    SessionInfo info{};   ///< as it was mastered
    std::optional<double> mix_lufs = std::nullopt; ///< of its stems' plain sum
    double offset_lu = 0.0;                        ///< under the album's loudest song
    double duration_s = 0.0;
    std::vector<DeliveryReport> deliveries{};
};

/// One track in an album file.
struct AlbumTrack {
    std::size_t song = 0; ///< index
    std::string pregap{}; ///< mm:ss:ff; empty: none
    std::string start{};  ///< mm:ss:ff from the file's beginning
    double start_s = 0.0;
    double duration_s = 0.0;
};

/// A CD image or one side of a record.
struct AlbumFile {
    std::string delivery{}; ///< whose masters lie in it: "cd", "vinyl", ...
    std::string profile{};  ///< of that delivery
    std::string title{};    ///< "CD", "Side A"
    std::string sheet{};    ///< path of the CUE or PQ sheet, relative to OUT
    DeliveredFile file{};
    LoudnessReading reading{};
    bool has_broadcast_chunk = false;
    std::vector<AlbumTrack> tracks{};
    std::vector<CutCheck> cutting{};         ///< of a side
    std::vector<QcCheck> checks{};           ///< what a plant demands
    std::vector<DeliveryFailure> failures{}; ///< and what it would send back
};

struct AlbumReport {
    EngineReading engine{};
    Album album{};
    std::vector<AlbumSongReport> songs{};
    std::vector<AlbumFile> files{};

    /// How much lower than asked for the whole album lies, so that songs that cannot be as loud
    /// keep their distance to the others; by delivery.
    struct StepBack {
        std::string delivery{};
        double lower_lu = 0.0;
        std::string song{}; ///< which cannot
    };

    std::vector<StepBack> steps_back{};

    [[nodiscard]] bool is_within_spec() const;
};

/// Why the album is lower than asked for, for people.
[[nodiscard]] std::string step_back_words(AlbumReport::StepBack const& step);

/// album.json, schema stemlathe.album-report/1.
[[nodiscard]] std::string album_json(AlbumReport const& report);

} // namespace stemlathe
