#include "host/intake/shifted_source.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

namespace stemlathe {

namespace {

/// More than half of a converter's longest filter.
constexpr std::int64_t kWarmUpFrames = 8192;

std::int64_t start_frame(Column const& column, Session const& session) {
    return std::llround(column.stem.offset_s * session.rate_hz) + column.shift_frames;
}

/// How long before the window the source begins.
std::int64_t lead_of(Column const& column, Session const& session, Window const& window) {
    auto const start = start_frame(column, session) - window.from_frame;
    int const from_hz = column.stem.media.rate_hz;
    if (from_hz == session.rate_hz || start >= 0) {
        return 0;
    }
    // Frames of the song after which the converter is at a whole frame of the file again.
    auto const period = session.rate_hz / std::gcd(from_hz, session.rate_hz);
    auto const lead = kWarmUpFrames + ((-start - kWarmUpFrames) % period + period) % period;
    return std::min(lead, -start);
}

Window early(Window const& window, std::int64_t lead_frames) {
    return {.from_frame = window.from_frame - lead_frames, .frames = window.frames + lead_frames};
}

Stem moved(Column const& column, Session const& session) {
    auto stem = column.stem;
    stem.offset_s = static_cast<double>(start_frame(column, session)) / session.rate_hz;
    return stem;
}

} // namespace

ShiftedSource::ShiftedSource(
    Column const& column, Session const& session, Window const& window, Backend& backend
)
    : lead_frames_(lead_of(column, session, window)),
      source_(moved(column, session), session, early(window, lead_frames_), backend) {}

AudioView ShiftedSource::advance(std::int64_t target) {
    auto const view = source_.advance(target + lead_frames_);
    auto const skipped = std::clamp<std::int64_t>(lead_frames_ - produced_, 0, view.frames);
    produced_ += view.frames;
    auto rest = view.slice(skipped, view.frames - skipped);
    rest.position -= lead_frames_;
    return rest;
}

std::span<AudioView const> HostViews::of(std::span<AudioView const> views, Backend& backend) {
    samples_.resize(views.size());
    views_.assign(views.begin(), views.end());
    for (std::size_t i = 0; i < views.size(); ++i) {
        if (views[i].memory != Memory::host) {
            samples_[i].resize(static_cast<std::size_t>(views[i].frames) * kChannels);
            backend.download(views[i], samples_[i]);
            views_[i].samples = samples_[i].data();
            views_[i].memory = Memory::host;
        }
    }
    return views_;
}

void read_columns(
    std::span<Column const> columns,
    Session const& session,
    Window const& window,
    std::function<void(std::span<AudioView const>)> const& take,
    Backend& backend,
    Run& run
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    std::vector<std::unique_ptr<ShiftedSource>> sources;
    for (auto const& column : columns) {
        sources.push_back(std::make_unique<ShiftedSource>(column, session, window, backend));
    }
    HostViews in_host;
    std::vector<AudioView> views(sources.size());
    std::int64_t target = 0;
    while (!std::ranges::all_of(sources, [](auto const& source) { return source->is_done(); })) {
        run.check_stop();
        target = std::min(target + run.segment_frames, window.frames);
        crew.for_each(sources.size(), [&](std::size_t i) {
            views[i] = sources[i]->advance(target);
        });
        take(in_host.of(views, backend));
    }
}

std::vector<float>
read_stretch(Column const& column, Session const& session, Window const& window, Backend& backend) {
    ShiftedSource source{column, session, window, backend};
    std::vector<float> samples;
    samples.reserve(static_cast<std::size_t>(window.frames) * kChannels);
    while (!source.is_done()) {
        auto const view = source.advance(window.frames);
        auto const before = samples.size();
        samples.resize(before + static_cast<std::size_t>(view.frames) * kChannels);
        if (view.frames > 0) {
            backend.download(view, std::span{samples}.subspan(before));
        }
    }
    return samples;
}

} // namespace stemlathe
