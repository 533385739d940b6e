#include "host/album/album_files.hpp"

#include "formats/atomic_file.hpp"
#include "formats/cue_sheet.hpp"
#include "host/album/cd_layout.hpp"
#include "host/album/join_files.hpp"
#include "host/album/pq_sheet.hpp"
#include "host/album/side_split.hpp"
#include "host/loudness/meter.hpp"
#include "host/model/profile.hpp"
#include "host/pipeline/broadcast_info.hpp"
#include "host/pipeline/delivery_files.hpp"
#include "host/pipeline/verify.hpp"
#include "host/vinyl/cut_checks.hpp"
#include "kernels/resample/resample.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

/// Red Book: a track is 4 s or longer; plants take no disc beyond 79:48.
constexpr std::int64_t kTrackSectorsMin = 4 * kSectors_per_second;
constexpr std::int64_t kDiscSectorsMax = (79 * 60 + 48) * kSectors_per_second;

class AlbumFiles {
  public:
    AlbumFiles(
        AlbumReport const& report,
        std::vector<MasteredSong> const& songs,
        OutputFolder& out,
        Run& run
    )
        : report_(report), songs_(songs), out_(out), run_(run) {}

    [[nodiscard]] std::vector<AlbumFile> work() {
        auto const& deliveries = songs_.front().report.plan.delivery;
        for (std::size_t d = 0; d < deliveries.size(); ++d) {
            auto const profile = profile_of(deliveries[d]);
            if (profile.is_cd) {
                add_disc(d);
            }
            if (profile.vinyl_chain) {
                add_sides(d);
            }
        }
        return std::move(files_);
    }

  private:
    [[nodiscard]] DeliveryPlan const& plan(std::size_t delivery) const {
        return songs_.front().report.plan.delivery[delivery];
    }

    /// Of a song at the delivery's rate, without padding.
    [[nodiscard]] std::int64_t frames_of(std::size_t song, std::size_t delivery) const {
        return resampled_frames(
            songs_[song].frames,
            {.from_hz = songs_[song].session.rate_hz, .to_hz = *plan(delivery).sample_rate_hz}
        );
    }

    [[nodiscard]] Piece piece(std::size_t song, std::size_t delivery) const {
        auto const& file = master_of(songs_[song].report, delivery).files.front().path;
        return {.file = songs_[song].folder / file, .frames = frames_of(song, delivery)};
    }

    /// masters/<delivery>/Artist_Album_<delivery>_<what>_44k16, without an extension.
    [[nodiscard]] std::filesystem::path path_of(std::size_t delivery, std::string_view what) const {
        Session album{.folder = report_.album.folder};
        album.info.title = report_.album.title;
        album.info.artist = report_.album.artist;
        auto named = plan(delivery);
        named.file_name = std::nullopt;
        return delivery_path(named, album, what).replace_extension();
    }

    [[nodiscard]] EncodeSettings settings_of(std::size_t delivery) const {
        auto const& album = report_.album;
        EncodeSettings settings{
            .container = Container::wav,
            .input = quantise_settings(plan(delivery)).format,
            .bit_depth = plan(delivery).bit_depth.value_or(24),
            .rate_hz = *plan(delivery).sample_rate_hz,
            .sync = false, // OutputFolder syncs all of them when it publishes
        };
        settings.tags.title = album.title;
        settings.tags.artist = album.artist;
        settings.tags.album = album.title;
        settings.tags.date = album.date;
        settings.tags.genre = album.genre;
        return settings;
    }

    [[nodiscard]] AlbumFile
    begun(std::size_t delivery, std::string title, std::filesystem::path const& sheet) const {
        return {
            .delivery = plan(delivery).name,
            .profile = plan(delivery).profile,
            .title = std::move(title),
            .sheet = sheet.generic_string()};
    }

    /// The album as the one song that a file holds.
    [[nodiscard]] BroadcastInfo broadcast_of(std::size_t delivery, std::string const& title) const {
        Session album{.rate_hz = *plan(delivery).sample_rate_hz};
        album.info.artist = report_.album.artist;
        album.info.date = report_.album.date;
        auto const name = report_.album.title + ", " + title;
        return broadcast_info(plan(delivery), album, {}, name);
    }

    /// Measures the file and writes its figures into it.
    void describe(AlbumFile& file, std::filesystem::path const& path, std::int64_t frames) {
        auto const staged = out_.stage(path);
        file.reading = inspect_file(staged, run_.stop());
        if (file.has_broadcast_chunk) {
            write_loudness_words(staged, file.reading);
        }
        file.file = describe_file(staged, path);
        auto const wanted = static_cast<double>(frames);
        add_check(
            file,
            {.code = "length",
             .what = "Length",
             .unit = "frames",
             .measured = static_cast<double>(file.file.frames),
             .min = wanted,
             .max = wanted},
            "the file's length is wrong"
        );
    }

    /// @param complaint  where it fails
    static void add_check(AlbumFile& file, QcCheck check, std::string complaint) {
        check.path = std::filesystem::path{file.file.path}.filename().string();
        check.what = file.title + ": " + check.what;
        check.pass = meets(check, check.measured);
        if (!check.pass) {
            bool const is_less = check.min && *check.measured < *check.min;
            file.failures.push_back(
                {.code = check.code,
                 .measured = *check.measured,
                 .limit = is_less ? *check.min : *check.max,
                 .unit = check.unit,
                 .message = std::move(complaint)}
            );
        }
        file.checks.push_back(std::move(check));
    }

    void check_peak(AlbumFile& file, std::size_t delivery) const {
        auto const& limit = plan(delivery).true_peak_dbtp;
        auto const& peak = file.reading.true_peak_dbtp;
        if (!limit.is_set()) {
            return;
        }
        add_check(
            file,
            {.code = "true_peak",
             .what = "True peak",
             .unit = "dBTP",
             .measured = peak,
             .max = limit.value()},
            fmt::format(
                "true peak is {:.2f} dBTP; the limit is {:.2f}", peak.value_or(0.0), limit.value()
            )
        );
    }

    void add_disc(std::size_t delivery) {
        std::vector<std::int64_t> frames;
        std::vector<double> gaps_s;
        for (std::size_t i = 0; i < songs_.size(); ++i) {
            frames.push_back(frames_of(i, delivery));
            gaps_s.push_back(report_.album.songs[i].gap_s);
        }
        auto const layout = lay_out_cd(frames, gaps_s);
        std::vector<Piece> pieces;
        std::int64_t at_frame = 0;
        for (std::size_t i = 0; i < songs_.size(); ++i) {
            pieces.push_back({.frames = layout.tracks[i].from_frame - at_frame});
            pieces.push_back(piece(i, delivery));
            at_frame = layout.tracks[i].from_frame + frames[i];
        }
        pieces.push_back({.frames = layout.sectors * kSector_frames - at_frame});

        auto const base = path_of(delivery, {});
        auto const wave = std::filesystem::path{base}.concat(".wav");
        auto const sheet = std::filesystem::path{base}.concat(".cue");
        join_files(out_.stage(wave), pieces, settings_of(delivery), run_.stop());
        auto file = begun(delivery, "CD", sheet);
        describe(file, wave, layout.sectors * kSector_frames);
        add_tracks(file, layout);
        check_peak(file, delivery);
        check_disc(file, layout);
        write_text(out_.stage(sheet), cue(file, delivery, wave.filename().string()));
        files_.push_back(std::move(file));
    }

    static void add_tracks(AlbumFile& file, CdLayout const& layout) {
        for (std::size_t i = 0; i < layout.tracks.size(); ++i) {
            auto const& track = layout.tracks[i];
            double const rate_hz = file.file.sample_rate_hz;
            file.tracks.push_back(
                {.song = i,
                 .pregap = track.pregap_sector ? sector_time(*track.pregap_sector) : "",
                 .start = sector_time(track.start_sector),
                 .start_s = static_cast<double>(track.start_sector * kSector_frames) / rate_hz,
                 .duration_s = static_cast<double>(track.frames) / rate_hz}
            );
        }
    }

    void check_disc(AlbumFile& file, CdLayout const& layout) const {
        for (std::size_t i = 0; i < layout.tracks.size(); ++i) {
            auto const& next =
                i + 1 < layout.tracks.size()
                    ? layout.tracks[i + 1].pregap_sector.value_or(layout.tracks[i + 1].start_sector)
                    : layout.sectors;
            auto const sectors = next - layout.tracks[i].start_sector;
            auto const& title = songs_[i].session.info.title;
            if (sectors < kTrackSectorsMin) {
                add_check(
                    file,
                    {.code = "track_length",
                     .what = fmt::format("length of track {}", i + 1),
                     .unit = "s",
                     .measured = static_cast<double>(sectors) / kSectors_per_second,
                     .min = static_cast<double>(kTrackSectorsMin) / kSectors_per_second},
                    fmt::format(
                        "\"{}\" is {} long; a track of a CD is 4 s or longer",
                        title,
                        sector_time(sectors)
                    )
                );
            }
        }
        add_check(
            file,
            {.code = "disc_length",
             .what = "Length of the disc",
             .unit = "min",
             .measured = static_cast<double>(layout.sectors) / kSectors_per_second / 60.0,
             .max = static_cast<double>(kDiscSectorsMax) / kSectors_per_second / 60.0},
            fmt::format(
                "the disc is {} long; plants take 79:48:00 at most. Leave a song out or make two "
                "discs",
                sector_time(layout.sectors)
            )
        );
    }

    [[nodiscard]] std::string
    cue(AlbumFile const& file, std::size_t delivery, std::string const& wave) const {
        bool const has_codes = plan(delivery).metadata.isrc.value_or(true);
        CueSheet sheet{
            .wave_file = wave,
            .title = report_.album.title,
            .performer = report_.album.artist,
            .isrc = {},
            .upc = has_codes ? report_.album.upc : ""};
        for (auto const& track : file.tracks) {
            auto const& info = songs_[track.song].session.info;
            sheet.tracks.push_back(
                {.title = info.title,
                 .performer = info.artist,
                 .isrc = has_codes ? info.isrc : "",
                 .pregap = track.pregap,
                 .start = track.start}
            );
        }
        return cue_text(sheet);
    }

    void add_sides(std::size_t delivery) {
        double const rate_hz = *plan(delivery).sample_rate_hz;
        auto const& format = side_format_named(*plan(delivery).side_format);
        std::vector<double> lengths_s(songs_.size());
        for (std::size_t i = 0; i < songs_.size(); ++i) {
            lengths_s[i] = static_cast<double>(frames_of(i, delivery)) / rate_hz;
        }
        char letter = 'A';
        for (auto const& side : split_sides(report_.album, lengths_s, format)) {
            add_side(delivery, side, fmt::format("Side {}", letter));
            ++letter;
        }
    }

    void add_side(std::size_t delivery, Side const& side, std::string const& title) {
        double const rate_hz = *plan(delivery).sample_rate_hz;
        auto const base = path_of(delivery, title);
        auto const wave = std::filesystem::path{base}.concat(".wav");
        auto const sheet = std::filesystem::path{base}.concat(".txt");
        auto file = begun(delivery, title, sheet);
        std::vector<Piece> pieces;
        std::int64_t at_frame = 0;
        for (std::size_t i = side.first; i < side.first + side.count; ++i) {
            double const gap_s = i > side.first ? report_.album.songs[i].gap_s : 0.0;
            auto const gap = std::llround(gap_s * rate_hz);
            auto const frames = frames_of(i, delivery);
            pieces.push_back({.frames = gap});
            pieces.push_back(piece(i, delivery));
            double const start_s = static_cast<double>(at_frame + gap) / rate_hz;
            file.tracks.push_back(
                {.song = i,
                 .pregap = gap > 0 ? pq_time(static_cast<double>(at_frame) / rate_hz) : "",
                 .start = pq_time(start_s),
                 .start_s = start_s,
                 .duration_s = static_cast<double>(frames) / rate_hz}
            );
            at_frame += gap + frames;
        }
        auto settings = settings_of(delivery);
        if (profile_of(plan(delivery)).is_broadcast_wave) {
            settings.broadcast = broadcast_of(delivery, title);
            file.has_broadcast_chunk = true;
        }
        join_files(out_.stage(wave), pieces, std::move(settings), run_.stop());
        describe(file, wave, at_frame);
        check_peak(file, delivery);
        auto const& format = side_format_named(*plan(delivery).side_format);
        file.cutting = cut_checks(out_.stage(wave), format, run_.stop());
        write_text(out_.stage(sheet), pq_sheet(report_, file, format));
        files_.push_back(std::move(file));
    }

    AlbumReport const& report_;
    std::vector<MasteredSong> const& songs_;
    OutputFolder& out_;
    Run& run_;
    std::vector<AlbumFile> files_;
};

} // namespace

std::vector<AlbumFile> album_files(
    AlbumReport const& report, std::vector<MasteredSong> const& songs, OutputFolder& out, Run& run
) {
    return AlbumFiles{report, songs, out, run}.work();
}

} // namespace stemlathe
