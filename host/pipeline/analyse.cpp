#include "host/pipeline/analyse.hpp"

#include "host/masking/event_finder.hpp"
#include "host/masking/margin_map.hpp"
#include "host/masking/watch.hpp"
#include "host/pipeline/stem_rack.hpp"
#include "kernels/base/assert.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace stemlathe {

namespace {

std::vector<std::string> files_of(Session const& session) {
    std::vector<std::string> files;
    std::ranges::transform(session.stems, std::back_inserter(files), &Stem::file);
    return files;
}

/// Everything that looks at the margins, hop after hop.
class Observers {
  public:
    Observers(
        Session const& session,
        Window const& window,
        Activity const& activity,
        AnalysisSettings const& settings
    )
        : settings_(settings),
          bands_hz_(analysis_bands_hz(session.rate_hz)),
          hop_s_(analysis_hop_s(session.rate_hz)),
          files_(files_of(session)),
          reader_(bands_hz_.size(), hop_s_, activity),
          sums_(masking_goals(session), bands_hz_),
          watch_(settings.watched) {
        if (settings.with_events) {
            auto const hop_frames = spectrum_hop_frames({.rate_hz = session.rate_hz});
            auto const hops = (window.frames + hop_frames - 1) / hop_frames;
            finder_ = std::make_unique<EventFinder>(sums_.goals(), bands_hz_, hop_s_);
            map_ = std::make_unique<MarginMap>(files_.size(), bands_hz_.size(), hops);
        }
    }

    /// @param view  in host memory
    void take(MaskingView const& view, BalanceMeter& balance) {
        if (settings_.listener) {
            settings_.listener(view);
        }
        for (std::int64_t hop = 0; hop < view.hops; ++hop) {
            for (std::size_t stem = 0; stem < files_.size(); ++stem) {
                auto const read = reader_.read(view, hop, stem);
                sums_.take(read);
                watch_.take(read);
                balance.take(read);
                if (finder_) {
                    finder_->take(read);
                    map_->take(read);
                }
            }
        }
    }

    [[nodiscard]] MaskingAnalysis finish() {
        MaskingAnalysis out{.sums = std::move(sums_), .watched_db = watch_.margins_db()};
        if (finder_) {
            out.events = finder_->finish();
            out.maps = map_->finish(files_);
            out.column_s = map_->column_hops() * hop_s_;
        }
        return out;
    }

  private:
    AnalysisSettings const& settings_;
    std::vector<double> bands_hz_;
    double hop_s_;
    std::vector<std::string> files_;
    StemHopReader reader_;
    PairSums sums_;
    Watch watch_;
    std::unique_ptr<EventFinder> finder_;
    std::unique_ptr<MarginMap> map_;
};

/// How far the filters that a CSV has besides are from those of the analysis: half their distance.
constexpr double kBetween_cam = 0.25;

/// From spectra to margins, in one set of filters.
class Cochlea {
  public:
    /// @param parallel  how many parts hops are excited in, side by side
    Cochlea(
        int stems,
        int rate_hz,
        AnalysisSettings const& settings,
        double offset_cam,
        int parallel,
        Backend& backend
    )
        : backend_(backend),
          masking_(backend.make_masking(
              {.rate_hz = rate_hz,
               .stems = stems,
               .profile = settings.listening.profile,
               .offset_cam = offset_cam}
          )) {
        for (int i = 0; i < parallel; ++i) {
            excitation_stages_.push_back(backend.make_excitation(
                {.rate_hz = rate_hz,
                 .stems = stems,
                 .field = settings.listening.field,
                 .calibration_db_spl = settings.calibration_db_spl,
                 .offset_cam = offset_cam}
            ));
        }
    }

    void excite(
        std::span<SpectrumView const> spectra, Tasks& crew, std::function<void()> const& beside
    ) {
        auto const hops = spectra.front().hops;
        auto const parts = static_cast<std::int64_t>(excitation_stages_.size());
        excitations_.resize(excitation_stages_.size());
        crew.for_each(excitation_stages_.size() + 1, [&](std::size_t number) {
            if (number == 0) {
                beside();
                return;
            }
            auto const part = number - 1;
            auto const from = hops * static_cast<std::int64_t>(part) / parts;
            auto const to = hops * static_cast<std::int64_t>(part + 1) / parts;
            std::vector<SpectrumView> slices;
            for (auto const& view : spectra) {
                slices.push_back(view.slice(from, to - from));
            }
            excitations_[part] = excitation_stages_[part]->process(slices);
        });
    }

    /// Of the parts that wait to be judged.
    [[nodiscard]] std::size_t parts() const noexcept {
        return excitations_.size();
    }

    /// Margins of one of them, in host memory; parts are taken one after the other.
    [[nodiscard]] MaskingView judge(std::size_t part) {
        auto view = masking_->process(excitations_[part]);
        if (view.memory != Memory::host) {
            auto const frames = view.as_frames();
            values_.resize(static_cast<std::size_t>(kChannels * frames.frames));
            backend_.download(frames, values_);
            view.values = values_.data();
            view.memory = Memory::host;
        }
        return view;
    }

    void forget() noexcept {
        excitations_.clear();
    }

  private:
    Backend& backend_;
    std::vector<std::unique_ptr<ExcitationStage>> excitation_stages_;
    std::unique_ptr<MaskingStage> masking_;
    std::vector<ExcitationView> excitations_;
    std::vector<float> values_;
};

/// The stages between a stem's audio and its margins. What comes out of one step is looked at while
/// the next step's audio is made.
class Ear {
  public:
    Ear(int stems, int rate_hz, AnalysisSettings const& settings, int parallel, Backend& backend)
        : cochlea_(stems, rate_hz, settings, 0.0, parallel, backend),
          csv_(settings.csv),
          spectra_(static_cast<std::size_t>(stems)),
          received_(static_cast<std::size_t>(stems)) {
        for (int i = 0; i < stems; ++i) {
            spectrum_stages_.push_back(backend.make_spectrum({.rate_hz = rate_hz}));
        }
        if (csv_ != nullptr) {
            between_.emplace(stems, rate_hz, settings, kBetween_cam, parallel, backend);
        }
    }

    /// Frames that have come from every stem, these views included.
    [[nodiscard]] std::int64_t count(std::span<AudioView const> stems) {
        for (std::size_t i = 0; i < stems.size(); ++i) {
            received_[i] += stems[i].frames;
        }
        return *std::ranges::min_element(received_);
    }

    /// The next frames of one stem. Different stems may come from different threads.
    void take(std::size_t stem, AudioView view, std::int64_t up_to_frame) {
        spectra_[stem] = spectrum_stages_[stem]->process(view, up_to_frame);
    }

    /// As `take`, after the last.
    void finish(std::size_t stem) {
        spectra_[stem] = spectrum_stages_[stem]->finish();
    }

    /// Excitations of what was taken, side by side with each other and with `beside`.
    void excite(Tasks& crew, std::function<void()> const& beside) {
        STEMLATHE_ASSERT(std::ranges::all_of(spectra_, [&](SpectrumView const& view) {
            return view.hops == spectra_.front().hops;
        }));
        cochlea_.excite(spectra_, crew, beside);
        if (between_) {
            between_->excite(spectra_, crew, [] {});
        }
    }

    /// The margins of what was excited last, in host memory, piece by piece.
    void judge(std::function<void(MaskingView const&)> const& sink) {
        for (std::size_t part = 0; part < cochlea_.parts(); ++part) {
            auto const view = cochlea_.judge(part);
            if (between_) {
                csv_->take(view, between_->judge(part));
            }
            sink(view);
        }
        cochlea_.forget();
        if (between_) {
            between_->forget();
        }
    }

  private:
    Cochlea cochlea_;
    MarginsCsv* csv_;
    std::optional<Cochlea> between_{}; ///< for the CSV alone
    std::vector<std::unique_ptr<SpectrumStage>> spectrum_stages_;
    std::vector<SpectrumView> spectra_;
    std::vector<std::int64_t> received_;
};

} // namespace

std::vector<MaskingGoal> masking_goals(Session const& session) {
    std::vector<MaskingGoal> goals;
    std::ranges::transform(session.stems, std::back_inserter(goals), masking_goal);
    return goals;
}

std::vector<double> analysis_bands_hz(int rate_hz) {
    return excitation_bands_hz({.rate_hz = rate_hz});
}

double analysis_hop_s(int rate_hz) {
    return static_cast<double>(spectrum_hop_frames({.rate_hz = rate_hz})) / rate_hz;
}

std::vector<double> csv_bands_hz(int rate_hz) {
    auto bands_hz = analysis_bands_hz(rate_hz);
    auto const between_hz = excitation_bands_hz({.rate_hz = rate_hz, .offset_cam = kBetween_cam});
    bands_hz.insert(bands_hz.end(), between_hz.begin(), between_hz.end());
    std::ranges::sort(bands_hz);
    return bands_hz;
}

MaskingAnalysis analyse(
    Session const& session,
    Window const& window,
    MasteringPlan const& plan,
    Activity const& activity,
    AnalysisSettings const& settings,
    Backend& backend,
    Run& run
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    StemRack rack{session, window, plan, backend};
    Observers observers{session, window, activity, settings};
    Ear ear{static_cast<int>(rack.size()), session.rate_hz, settings, crew.threads(), backend};
    BalanceMeter balance{
        rack.size(), analysis_bands_hz(session.rate_hz).size(), session.rate_hz, backend};
    auto const observe = [&] {
        ear.judge([&](MaskingView const& view) { observers.take(view, balance); });
    };
    std::array<std::function<void()>, 1> const beside{observe};
    std::int64_t target = 0;
    std::int64_t common = 0; // frames that had come from all stems before this step
    auto const take_stem = [&](std::size_t stem, AudioView view) {
        ear.take(stem, view, common);
        balance.take_stem(stem, view);
    };
    while (!rack.is_done()) {
        target = std::min(target + run.segment_frames, window.frames);
        auto const stems = rack.advance(target, crew, take_stem, beside);
        common = ear.count(stems);
        ear.excite(crew, [&] { balance.take_mix(stems); });
        run.advance(target, window.frames);
    }
    observe();
    for (std::size_t i = 0; i < rack.size(); ++i) {
        ear.take(i, {}, common); // what the last step held back
    }
    ear.excite(crew, [] {});
    observe();
    std::vector<AudioView> inputs(rack.size());
    for (std::size_t i = 0; i < rack.size(); ++i) {
        rack.finish(i, [&](AudioView view) {
            take_stem(i, view);
            std::ranges::fill(inputs, AudioView{});
            inputs[i] = view;
            balance.take_mix(inputs);
        });
        ear.finish(i);
    }
    ear.excite(crew, [] {});
    observe();
    auto out = observers.finish();
    out.balance = balance.finish();
    return out;
}

} // namespace stemlathe
