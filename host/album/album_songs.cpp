#include "host/album/album_songs.hpp"

#include "host/model/profile.hpp"
#include "host/pipeline/admit.hpp"
#include "host/pipeline/delivery_name.hpp"
#include "host/pipeline/job_report.hpp"
#include "host/pipeline/resolve.hpp"
#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

/// A plan takes nothing quieter.
constexpr double kTarget_lufs_min = -60.0;

/// How often the album steps back: the second time is for what rounding left.
constexpr int kStepsMax = 2;

constexpr std::int64_t kProgressSteps = 1000;

double hundredths(double value) {
    return std::round(value * 100.0) / 100.0;
}

/// The failure says which song it is about.
template <typename Body>
void about_song(AlbumSong const& song, Body const& body) {
    auto const name = song.session.filename().string();
    try {
        body();
    } catch (Failure const& failure) {
        if (failure.code() == Code::cancelled) {
            throw;
        }
        throw Failure{failure.code(), fmt::format("{}: {}", name, failure.what())}
            .about_file(failure.file())
            .about_key(failure.key());
    }
}

std::string first_of(std::string const& a, std::string const& b, std::string const& c = {}) {
    return !a.empty() ? a : (!b.empty() ? b : c);
}

class SongsMaster {
  public:
    SongsMaster(
        AlbumJob const& job,
        OutputFolder& out,
        std::vector<AlbumReport::StepBack>& steps_back,
        Backend& backend,
        Run& run
    )
        : job_(job), out_(out), steps_back_(steps_back), backend_(backend), run_(run) {}

    [[nodiscard]] std::vector<MasteredSong> work() {
        auto const count = job_.album.songs.size();
        songs_.resize(count);
        run_.begin("survey", 10.0);
        for (std::size_t i = 0; i < count; ++i) {
            about_song(job_.album.songs[i], [&] { survey(i); });
            run_.advance(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(count));
        }
        set_offsets();
        choose_deliveries();
        run_.begin("songs", 50.0);
        for (std::size_t i = 0; i < count; ++i) {
            about_song(job_.album.songs[i], [&] { master_song(i, song_job(i)); });
        }
        run_.begin("common loudness", 30.0);
        if (job_.album.loudness == AlbumLoudness::album) {
            for (int step = 0; step < kStepsMax && step_back(); ++step) {
                for (std::size_t i = 0; i < count; ++i) {
                    about_song(job_.album.songs[i], [&] { master_song(i, lower_job(i)); });
                }
            }
        }
        for (auto& song : songs_) {
            song.summary.deliveries = song.report.deliveries;
        }
        return std::move(songs_);
    }

  private:
    void survey(std::size_t i) {
        auto const& wish = job_.album.songs[i];
        auto& song = songs_[i];
        MasterJob const look{.session = wish.session, .force = job_.force};
        auto admitted = admit(look);
        std::optional<double> mix_lufs;
        in_run_of(i, [&](Run& inner) {
            choose_segments(inner, backend_, admitted);
            mix_lufs = survey_admitted(admitted, look, backend_, inner).mix.integrated_lufs;
        });
        song.session = std::move(admitted.session);
        song.frames = song.session.frames;
        auto const& album = job_.album;
        auto& info = song.session.info;
        info.title = first_of(wish.title, song_name(song.session));
        info.artist = first_of(wish.artist, info.artist, album.artist);
        info.isrc = first_of(wish.isrc, info.isrc);
        info.album = first_of(album.title, info.album);
        info.upc = first_of(album.upc, info.upc);
        info.date = first_of(album.date, info.date);
        info.genre = first_of(info.genre, album.genre);
        info.track = static_cast<int>(i) + 1;
        song.summary.folder = fmt::format("songs/{:02}-{}", i + 1, file_safe(info.title));
        song.summary.info = info;
        song.summary.mix_lufs = mix_lufs;
        song.summary.duration_s = song.session.duration_s();
        song.folder = out_.stage(std::filesystem::path{song.summary.folder} / "x").parent_path();
    }

    void set_offsets() {
        std::optional<double> loudest;
        for (auto const& song : songs_) {
            if (song.summary.mix_lufs) {
                loudest =
                    std::max(loudest.value_or(*song.summary.mix_lufs), *song.summary.mix_lufs);
            }
        }
        for (auto& song : songs_) {
            bool const has_offset =
                job_.album.loudness == AlbumLoudness::album && song.summary.mix_lufs;
            song.summary.offset_lu = has_offset ? hundredths(*song.summary.mix_lufs - *loudest) : 0;
        }
    }

    /// What every song is delivered as, before its own level is set.
    void choose_deliveries() {
        auto const plan = with_profiles(job_.plan, job_.deliver, job_.profiles);
        deliveries_ = wanted_deliveries(plan, job_.deliver);
        auto const slowest = std::ranges::min_element(songs_, {}, [](MasteredSong const& song) {
            return song.session.rate_hz;
        });
        for (auto& delivery : deliveries_) {
            if (!profile_of(delivery).vinyl_chain) {
                continue;
            }
            if (delivery.container.value_or("WAV") != "WAV") {
                throw Failure{
                    Code::invalid_plan,
                    fmt::format(
                        "delivery \"{}\": container is {}; the sides of a record are WAV",
                        delivery.name,
                        *delivery.container
                    )}
                    .about_key("delivery.container");
            }
            // One rate for all songs of a side, and never up.
            delivery.sample_rate_hz = delivery.sample_rate_hz.value_or(slowest->session.rate_hz);
            delivery.side_format = delivery.side_format.value_or(job_.album.side_format);
        }
    }

    /// The delivery at the song's level.
    [[nodiscard]] DeliveryPlan
    at_level(DeliveryPlan delivery, DeliveryPlan const& wish, double offset_lu) {
        auto const rules = profile_of(wish);
        auto const target = wish.integrated_lufs.is_set()
                                ? std::optional{wish.integrated_lufs.value()}
                                : rules.integrated_lufs;
        if (wish.integrated_lufs.is_off() || !target) {
            return delivery;
        }
        double const level = hundredths(*target + offset_lu - lower_lu_[wish.name]);
        delivery.integrated_lufs = std::max(level, kTarget_lufs_min);
        if (rules.hard_min_lufs) {
            delivery.integrated_lufs_min =
                std::max(std::min(*rules.hard_min_lufs + offset_lu, level), kTarget_lufs_min);
        }
        return delivery;
    }

    [[nodiscard]] MasterJob song_job(std::size_t i) {
        auto& song = songs_[i];
        MasterJob job{
            .session = job_.album.songs[i].session,
            .out = song.folder,
            .plan = job_.plan,
            .versions = job_.versions,
            .info = song.session.info,
            .apply_comments = job_.apply_comments,
            .force = job_.force};
        job.plan.delivery.clear();
        for (auto const& delivery : deliveries_) {
            job.plan.delivery.push_back(at_level(delivery, delivery, song.summary.offset_lu));
        }
        return job;
    }

    /// The song as it was decided, at a lower level.
    [[nodiscard]] MasterJob lower_job(std::size_t i) {
        auto job = song_job(i);
        job.apply_comments = false; // what they asked for stands in the plan
        auto plan = songs_[i].report.plan;
        for (std::size_t d = 0; d < plan.delivery.size(); ++d) {
            plan.delivery[d] =
                at_level(plan.delivery[d], deliveries_[d], songs_[i].summary.offset_lu);
        }
        job.plan = std::move(plan);
        return job;
    }

    void master_song(std::size_t i, MasterJob const& job) {
        in_run_of(i, [&](Run& inner) { songs_[i].report = master(job, backend_, inner); });
    }

    /// Lowers each delivery by what its worst song lacks. @returns whether anything is lower now
    [[nodiscard]] bool step_back() {
        bool any = false;
        for (std::size_t d = 0; d < deliveries_.size(); ++d) {
            double missing_lu = 0.0;
            std::string who;
            for (auto const& song : songs_) {
                auto const& report = master_of(song.report, d);
                if (!report.target_lufs || !report.reading.integrated_lufs) {
                    continue;
                }
                double const missing = *report.target_lufs - *report.reading.integrated_lufs;
                if (missing > missing_lu) {
                    missing_lu = missing;
                    who = song.summary.info.title;
                }
            }
            if (missing_lu > profile_of(deliveries_[d]).tolerance_lu) {
                remember(deliveries_[d].name, missing_lu, who);
                any = true;
            }
        }
        return any;
    }

    void remember(std::string const& delivery, double missing_lu, std::string const& song) {
        lower_lu_[delivery] += missing_lu;
        auto const found =
            std::ranges::find(steps_back_, delivery, &AlbumReport::StepBack::delivery);
        if (found != steps_back_.end()) {
            found->lower_lu = lower_lu_[delivery];
        } else {
            steps_back_.push_back(
                {.delivery = delivery, .lower_lu = lower_lu_[delivery], .song = song}
            );
        }
    }

    /// body(run) with a run of its own for one song, whose progress counts within the stage.
    template <typename Body>
    void in_run_of(std::size_t i, Body const& body) {
        auto const count = static_cast<std::int64_t>(songs_.size());
        auto const before = static_cast<std::int64_t>(i) * kProgressSteps;
        Run inner{run_.tasks(), run_.stop(), [this, count, before](Progress const& progress) {
                      auto const done = static_cast<std::int64_t>(
                          progress.percent / 100.0 * static_cast<double>(kProgressSteps)
                      );
                      run_.advance(before + done, count * kProgressSteps);
                  }};
        inner.scratch_directory = run_.scratch_directory;
        inner.segment_frames = run_.segment_frames;
        body(inner);
    }

    AlbumJob const& job_;
    OutputFolder& out_;
    std::vector<AlbumReport::StepBack>& steps_back_;
    Backend& backend_;
    Run& run_;
    std::vector<MasteredSong> songs_;
    std::vector<DeliveryPlan> deliveries_;
    std::map<std::string, double> lower_lu_;
};

} // namespace

DeliveryReport const& master_of(MasteringReport const& report, std::size_t delivery) {
    for (auto const& each : report.deliveries) {
        if (each.version.empty() && delivery-- == 0) {
            return each;
        }
    }
    STEMLATHE_ASSERT(false && "every song has every delivery of the album");
}

std::vector<MasteredSong> master_songs(
    AlbumJob const& job,
    OutputFolder& out,
    std::vector<AlbumReport::StepBack>& steps_back,
    Backend& backend,
    Run& run
) {
    return SongsMaster{job, out, steps_back, backend, run}.work();
}

} // namespace stemlathe
