#include "host/pipeline/deliver.hpp"

#include "formats/atomic_file.hpp"
#include "formats/checksum.hpp"
#include "host/codecs/codec_check.hpp"
#include "host/loudness/meter.hpp"
#include "host/model/profile.hpp"
#include "host/pipeline/delivery_files.hpp"
#include "host/pipeline/delivery_render.hpp"
#include "host/pipeline/side_sheet.hpp"
#include "host/pipeline/verify.hpp"
#include "host/pipeline/version_render.hpp"
#include "host/task_graph.hpp"
#include "host/vinyl/cut_checks.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <numeric>
#include <utility>

namespace stemlathe {

namespace {

constexpr int kCorrectionsMax = 3;

/// Roughly how long a delivery takes, so that the long ones start first.
int effort(DeliveryPlan const& plan) {
    auto const profile = profile_of(plan);
    bool const is_loud = plan.limiter.is_set() && profile.integrated_lufs > -18.0;
    return (plan.bit_depth ? 0 : 8) + (*plan.container == "FLAC" ? 4 : 0) + (is_loud ? 3 : 0) +
           (shapes_bus(plan) ? 4 : 0) + (plan.dither == Dither::shaped ? 1 : 0);
}

class DeliveryJob {
  public:
    DeliveryJob(
        RatedBus const& bus,
        VersionStores const& versions,
        MasteringPlan const& plan,
        Session const& session,
        Window const& window,
        OutputFolder& out,
        Backend& backend,
        Run& run
    )
        : bus_(bus),
          versions_(versions),
          plan_(plan),
          session_(session),
          window_(window),
          out_(out),
          backend_(backend),
          run_(run) {
        auto const count = plan.delivery.size();
        rendered_.resize(count);
        companions_.resize(count * (1 + versions.size()));
        codecs_.resize(count);
        result_.versions.resize(count);
    }

    [[nodiscard]] Deliveries work(std::span<std::function<void()> const> errands) {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < plan_.delivery.size(); ++i) {
            if (!profile_of(plan_.delivery[i]).is_stems) {
                order.push_back(i);
            }
        }
        std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) {
            return effort(plan_.delivery[i]);
        });
        std::map<std::size_t, TaskGraph::Id> const after = add_rates(order);
        std::map<std::size_t, TaskGraph::Id> rendered;
        for (auto const i : order) {
            rendered[i] = add([this, i] { render(i, {}); }, {after.at(i)});
        }
        for (auto const i : order) {
            auto const verified = add([this, i] { verify(i); }, {rendered.at(i)});
            add([this, i] { codecs_[i] = codecs_of(rendered_[i].report); }, {verified});
            result_.versions[i].resize(versions_.size());
            for (std::size_t v = 0; v < versions_.size(); ++v) {
                add([this, i, v] { deliver_version(i, v); }, {verified});
            }
        }
        for (auto const& errand : errands) {
            add(errand, {});
        }
        graph_.run(run_.tasks());
        for (std::size_t i = 0; i < rendered_.size(); ++i) {
            result_.reports.push_back(std::move(rendered_[i].report));
            take_codecs(result_.reports.back(), std::move(codecs_[i]));
        }
        for (auto& companions : companions_) {
            std::ranges::move(companions, std::back_inserter(result_.companions));
        }
        return std::move(result_);
    }

  private:
    TaskGraph::Id add(std::function<void()> piece, std::vector<TaskGraph::Id> after) {
        ++pieces_;
        return graph_.add(
            [this, piece = std::move(piece)] {
                piece();
                run_.advance(++done_, pieces_);
            },
            std::move(after)
        );
    }

    /// One piece per output rate; @returns which one each delivery waits for. Conversions first:
    /// they take longest.
    std::map<std::size_t, TaskGraph::Id> add_rates(std::vector<std::size_t> const& order) {
        std::map<int, TaskGraph::Id> rates;
        for (bool const converts : {true, false}) {
            for (auto const i : order) {
                int const rate_hz = *plan_.delivery[i].sample_rate_hz;
                if ((rate_hz != bus_.rate_hz) == converts && !rates.contains(rate_hz)) {
                    auto& slot = buses_[rate_hz];
                    rates[rate_hz] = add([this, rate_hz, &slot] { slot = at_rate(rate_hz); }, {});
                }
            }
        }
        std::map<std::size_t, TaskGraph::Id> after;
        for (auto const i : order) {
            after[i] = rates.at(*plan_.delivery[i].sample_rate_hz);
        }
        return after;
    }

    [[nodiscard]] RatedBus at_rate(int rate_hz) {
        bool const keep_screen = needs_screen(plan_, rate_hz, bus_.is_measured ? &bus_ : nullptr);
        if (rate_hz != bus_.rate_hz) {
            ResampleSettings const rates{.from_hz = bus_.rate_hz, .to_hz = rate_hz};
            return resampled(*bus_.store, rates, keep_screen, backend_, run_);
        }
        return bus_.is_measured ? bus_ : measured(bus_.store, rate_hz, keep_screen, backend_, run_);
    }

    void render(std::size_t i, Correction const& correction) {
        auto const& plan = plan_.delivery[i];
        auto const file = out_.stage(delivery_path(plan, session_));
        auto const& bus = buses_.at(*plan.sample_rate_hz);
        rendered_[i] =
            render_delivery(plan, bus, session_, window_, file, correction, backend_, run_);
        if (versions_.empty()) {
            rendered_[i].gains = {}; // nobody else wants what the limiter listened to
        }
    }

    /// Measures the file; where it overshoots or an encoder changed its level, renders it again.
    void measure(std::size_t i, std::filesystem::path const& file) {
        Correction correction;
        rendered_[i].report.reading = inspect_file(file, run_.stop());
        for (int again = 0; again < kCorrectionsMax; ++again) {
            auto const next = correction_for(rendered_[i].report, correction);
            if (!next) {
                return;
            }
            correction = *next;
            render(i, correction);
            rendered_[i].report.reading = inspect_file(file, run_.stop());
        }
    }

    void verify(std::size_t i) {
        auto& report = rendered_[i].report;
        auto const path = delivery_path(report.plan, session_);
        auto const frames =
            padded_frames(report.plan, buses_.at(*report.plan.sample_rate_hz).store->frames());
        measure(i, out_.stage(path));
        verify_delivery(report, session_, out_.stage(path), path, frames);
        add_companions(companions_[i], report, session_, path);
    }

    /// One version of a delivery that is finished itself, from its mix to the verified file.
    void deliver_version(std::size_t i, std::size_t v) {
        auto const& version = plan_.version[v];
        auto const& master = rendered_[i];
        auto const& bus = buses_.at(*plan_.delivery[i].sample_rate_hz);
        auto const own_session = session_of_version(session_, version);
        auto const path = delivery_path(plan_.delivery[i], session_, version.name);
        auto const file = out_.stage(path);
        RenderedVersion rendered;
        std::optional<double> gain_db = 0.0;
        for (int render = 0; gain_db && render <= kCorrectionsMax; ++render) {
            rendered = render_version(
                version,
                master,
                *versions_[v],
                bus,
                own_session,
                window_,
                file,
                *gain_db,
                backend_,
                run_
            );
            rendered.report.reading = inspect_file(file, run_.stop());
            gain_db = version_gain_for(rendered, version);
        }
        auto& report = rendered.report;
        auto const frames = padded_frames(report.plan, bus.store->frames());
        explain_version_gain(report, version);
        verify_delivery(report, own_session, file, path, frames);
        auto const companions = plan_.delivery.size() + i * versions_.size() + v;
        add_companions(companions_[companions], report, own_session, path);
        take_codecs(report, codecs_of(report));
        result_.versions[i][v] = std::move(report);
    }

    /// What lossy services make of the delivery's verified file.
    [[nodiscard]] std::optional<CodecReading> codecs_of(DeliveryReport const& report) {
        if (!profile_of(report.plan).meets_codecs) {
            return std::nullopt;
        }
        auto const file = out_.stage(delivery_path(report.plan, session_, report.version));
        auto scratch = file;
        scratch += ".encoded";
        return check_codecs(file, report.reading, scratch, backend_, run_.stop());
    }

    /// CUE and side sheets; what a side sheet says of the file is checked here.
    void add_companions(
        std::vector<ManifestEntry>& companions,
        DeliveryReport& report,
        Session const& session,
        std::filesystem::path const& path
    ) {
        auto const profile = profile_of(report.plan);
        auto const name = path.filename().string();
        if (profile.has_cue_sheet && *report.plan.container == "WAV") {
            companions.push_back(companion(path, ".cue", cue_for(report.plan, session, name)));
        }
        if (profile.vinyl_chain) {
            report.cutting = cut_checks(
                out_.stage(path), side_format_named(*report.plan.side_format), run_.stop()
            );
            companions.push_back(companion(path, ".txt", side_sheet(report, session, name)));
        }
    }

    ManifestEntry
    companion(std::filesystem::path path, char const* extension, std::string const& text) {
        path.replace_extension(extension);
        write_text(out_.stage(path), text);
        return {
            .path = path.generic_string(),
            .bytes = static_cast<std::int64_t>(text.size()),
            .sha256 = sha256_of_text(text)};
    }

    RatedBus const& bus_;
    VersionStores const& versions_;
    MasteringPlan const& plan_;
    Session const& session_;
    Window const& window_;
    OutputFolder& out_;
    Backend& backend_;
    Run& run_;
    TaskGraph graph_;
    std::map<int, RatedBus> buses_;
    std::vector<RenderedDelivery> rendered_; ///< in the plan's order
    Deliveries result_;
    std::vector<std::vector<ManifestEntry>> companions_; ///< of deliveries, then of versions
    /// Of deliveries. Not in their reports yet, which their versions read meanwhile.
    std::vector<std::optional<CodecReading>> codecs_;
    std::int64_t pieces_ = 0;
    std::atomic<std::int64_t> done_{0};
};

} // namespace

Deliveries deliver(
    RatedBus const& bus,
    VersionStores const& versions,
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    OutputFolder& out,
    std::span<std::function<void()> const> errands,
    Backend& backend,
    Run& run
) {
    return DeliveryJob{bus, versions, plan, session, window, out, backend, run}.work(errands);
}

} // namespace stemlathe
