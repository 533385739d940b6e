#include "host/pipeline/version_render.hpp"

#include "host/model/profile.hpp"
#include "host/pipeline/delivery_files.hpp"
#include "host/pipeline/verify.hpp"
#include "host/pipeline/vinyl.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

/// A lowered file's gain is a whole number of these, so that people can undo it.
constexpr double kGainStep_db = 0.01;

/// Left for dither, rounding and the difference between two meters.
constexpr double kLoweredMargin_db = 0.02;

/// Every version has dither of its own: the same in two files would add up to twice its level.
std::uint64_t seed_of_version(std::uint64_t seed, std::string_view name) {
    constexpr std::uint64_t kOffset = 0xcbf29ce484222325ULL; // FNV-1a of 64 bits: RFC 9923
    constexpr std::uint64_t kPrime = 0x00000100000001b3ULL;
    std::uint64_t hash = kOffset;
    for (char const c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
    }
    return seed ^ hash;
}

/// The master's gains, then the constant.
class VersionLevel {
  public:
    VersionLevel(DeliveryGains const& gains, double gain_db, Backend& backend) {
        if (gains.limiter) {
            auto settings = *gains.limiter;
            settings.external_key = true;
            limiter_ = backend.make_limiter(settings);
        } else {
            add_gain(gains.drive_db, backend);
        }
        add_gain(gain_db, backend);
    }

    [[nodiscard]] bool has_key() const noexcept {
        return limiter_ != nullptr;
    }

    [[nodiscard]] AudioView process(AudioView view, AudioView key) {
        if (limiter_) {
            std::array const audio_and_key{view, key};
            view = limiter_->process(audio_and_key);
        }
        return constants_.process(view);
    }

    void finish(AudioSink const& sink) {
        if (limiter_) {
            sink(constants_.process(limiter_->finish()));
        }
        constants_.finish(sink);
    }

  private:
    void add_gain(double gain_db, Backend& backend) {
        if (auto const matrix = gain_matrix(gain_db); matrix != StereoMatrix{}) {
            constants_.add(backend.make_placement(matrix));
        }
    }

    std::unique_ptr<Stage> limiter_;
    Chain constants_;
};

/// Sends the version's mix at the delivered rate and with the master's gains to `sink`.
void play_version(
    DeliveryPlan const& plan,
    DeliveryGains const& gains,
    double gain_db,
    AudioStore const& audio,
    RatedBus const& bus,
    int session_rate_hz,
    Backend& backend,
    Run& run,
    AudioSink const& sink
) {
    Chain chain;
    if (session_rate_hz != bus.rate_hz) {
        chain.add(backend.make_resampler({.from_hz = session_rate_hz, .to_hz = bus.rate_hz}));
    }
    auto const* source = &audio;
    std::shared_ptr<AudioStore const> cut;
    if (shapes_bus(plan)) {
        cut = shaped_version(plan, bus, audio, chain, backend, run);
        source = cut.get();
        chain = Chain{};
    }
    VersionLevel level{gains, gain_db, backend};
    if (level.has_key()) {
        play_beside(*source, chain, *gains.bus.store, run, [&](AudioView view, AudioView key) {
            sink(level.process(view, key));
        });
    } else {
        play(*source, chain, run, [&](AudioView view) { sink(level.process(view, {})); });
    }
    level.finish(sink);
}

DeliveryReport report_of_version(VersionPlan const& version, RenderedDelivery const& master) {
    auto const& of_master = master.report;
    DeliveryReport report{.plan = of_master.plan, .version = version.name};
    report.true_peak_limit_dbtp = of_master.true_peak_limit_dbtp;
    report.drive_db = of_master.drive_db;
    report.trim_db = of_master.trim_db;
    report.gain_reduction_max_db = of_master.gain_reduction_max_db;
    report.gain_reduction_mean_db = of_master.gain_reduction_mean_db;
    report.gain_reduction_p95_db = of_master.gain_reduction_p95_db;
    return report;
}

bool is_pcm(DeliveryPlan const& plan) {
    return plan.bit_depth && *plan.bit_depth != 32;
}

/// What people call a version: "Instrumental".
std::string title_of_version(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTitles{{
        {"instrumental", "Instrumental"},
        {"acappella", "Acappella"},
        {"tv", "TV Track"},
        {"clean", "Clean"},
    }};
    for (auto const& [known, title] : kTitles) {
        if (known == name) {
            return std::string{title};
        }
    }
    return std::string{name};
}

} // namespace

RenderedVersion render_version(
    VersionPlan const& version,
    RenderedDelivery const& master,
    AudioStore const& audio,
    RatedBus const& bus,
    Session const& session,
    Window const& window,
    std::filesystem::path const& file,
    double gain_db,
    Backend& backend,
    Run& run
) {
    auto plan = master.report.plan;
    plan.seed = seed_of_version(*plan.seed, version.name);
    auto const frames = padded_frames(plan, bus.store->frames());
    RenderedVersion rendered{.report = report_of_version(version, master)};
    rendered.report.version_gain_db = gain_db;
    std::unique_ptr<TruePeakMeter> peak;
    if (version.peaks == VersionPeaks::trim || is_pcm(plan)) {
        peak = backend.make_true_peak_meter({.rate_hz = bus.rate_hz});
    }
    auto const quantiser = backend.make_quantiser(quantise_settings(plan));
    auto const settings = encode_settings(plan, session, window, frames);
    Writer writer{file, settings};
    play_version(
        plan,
        master.gains,
        gain_db,
        audio,
        bus,
        session.rate_hz,
        backend,
        run,
        [&](AudioView view) {
            if (peak) {
                peak->process(view);
            }
            writer.write(quantiser->process(view));
        }
    );
    pad_with_silence(writer, settings, bus.store->frames());
    writer.finish();
    rendered.clipped_samples = quantiser->clipped_samples();
    if (peak) {
        rendered.peak_dbtp = db_from_gain(peak->finish().peak);
    }
    return rendered;
}

Session session_of_version(Session const& session, VersionPlan const& version) {
    auto own = session;
    own.info.title = song_name(session) + " (" + title_of_version(version.name) + ")";
    own.info.isrc = version.isrc;
    return own;
}

std::optional<double>
version_gain_for(RenderedVersion const& rendered, VersionPlan const& version) {
    auto const& report = rendered.report;
    bool const may_be_lowered = version.peaks == VersionPeaks::trim ||
                                rendered.clipped_samples > 0 || report.version_gain_db < 0.0;
    if (!may_be_lowered) {
        return std::nullopt;
    }
    double const limit = peak_limit(report).value_or(0.0);
    double const highest = std::max(
        rendered.peak_dbtp.value_or(kSilence_db),
        report.reading.true_peak_dbtp.value_or(kSilence_db)
    );
    if (highest <= limit && rendered.clipped_samples == 0) {
        return std::nullopt;
    }
    double const steps = std::ceil((highest - limit + kLoweredMargin_db) / kGainStep_db);
    return report.version_gain_db - std::max(steps, 1.0) * kGainStep_db;
}

void explain_version_gain(DeliveryReport& report, VersionPlan const& version) {
    if (report.version_gain_db == 0.0) {
        return;
    }
    auto const what = fmt::format(
        "the whole file is {:.2f} dB lower than its part of the master; raise it by that before "
        "versions are added up",
        -report.version_gain_db
    );
    if (version.peaks == VersionPeaks::trim) {
        report.notes.push_back("to hold the true peak limit, " + what);
        return;
    }
    report.failures.push_back(
        {.code = "version_sum",
         .measured = report.version_gain_db,
         .limit = 0.0,
         .unit = "dB",
         .message = fmt::format(
             "peaks of this version alone lie beyond full scale and would be clipped, so {}, or "
             "deliver it as 32-bit float",
             what
         )}
    );
}

} // namespace stemlathe
