#include "host/intake/null_measure.hpp"

#include "kernels/resample/resample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace stemlathe {

namespace {

/// A stem that was sent a little late or early has lost as much at its end or start. Stems that
/// were moved by more than a second began with silence.
BlockRange
without_edges(NullProducts const& products, std::vector<std::int64_t> const& lags, int rate_hz) {
    std::int64_t start = 0;
    std::int64_t end = 0;
    for (auto const lag : lags) {
        if (std::abs(lag) <= rate_hz) {
            start = std::max(start, lag);
            end = std::max(end, -lag);
        }
    }
    auto const blocks = [&](std::int64_t frames) {
        auto const block = products.products.block_frames;
        return static_cast<std::size_t>((frames + block - 1) / block);
    };
    auto const [first, last] = products.common;
    bool const is_most = 2 * (blocks(start) + blocks(end)) > last - first;
    return is_most ? products.common
                   : BlockRange{.first = first + blocks(start), .end = last - blocks(end)};
}

} // namespace

Column stem_column(std::size_t stem, std::int64_t lag, NullContext const& context) {
    return {.stem = context.session.stems[stem], .shift_frames = lag};
}

std::vector<Column>
stem_columns(std::vector<std::int64_t> const& lags, NullContext const& context) {
    std::vector<Column> out;
    for (std::size_t i = 0; i < lags.size(); ++i) {
        out.push_back(stem_column(i, lags[i], context));
    }
    return out;
}

Column reference_column(std::int64_t offset, NullContext const& context) {
    return {.stem = context.reference.stem, .shift_frames = -offset};
}

NullProducts measure_null(
    std::vector<std::int64_t> const& lags, std::int64_t offset, NullContext const& context
) {
    auto const stems = lags.size();
    auto columns = stem_columns(std::vector<std::int64_t>(stems, 0), context);
    NullProducts out;
    out.sent.resize(stems);
    std::iota(out.sent.begin(), out.sent.end(), std::size_t{0});
    out.placed = out.sent;
    for (std::size_t i = 0; i < stems; ++i) {
        if (lags[i] != 0) {
            out.placed[i] = columns.size();
            columns.push_back(stem_column(i, lags[i], context));
        }
    }
    out.reference = columns.size();
    columns.push_back(reference_column(offset, context));
    auto const& [session, window, reference, backend, run] = context;
    ProductMeter meter{columns.size(), window.frames, session.rate_hz};
    auto const take = [&](std::span<AudioView const> views) {
        meter.process(views, context.run.tasks());
    };
    read_columns(columns, session, window, take, backend, run);
    out.products = meter.finish();
    out.common = common_blocks(out.products, offset, context);
    out.range = without_edges(out, lags, session.rate_hz);
    return out;
}

BlockRange
common_blocks(ProductBlocks const& products, std::int64_t offset, NullContext const& context) {
    auto const& media = context.reference.stem.media;
    auto const reference_frames = resampled_frames(
        media.frames, {.from_hz = media.rate_hz, .to_hz = context.session.rate_hz}
    );
    auto const start = std::max<std::int64_t>(-offset - context.window.from_frame, 0);
    auto const end =
        std::min(context.window.frames, reference_frames - offset - context.window.from_frame);
    auto const frames = products.block_frames;
    auto const first = static_cast<std::size_t>((start + frames - 1) / frames);
    auto const last = static_cast<std::size_t>(std::max<std::int64_t>(end, 0) / frames);
    return {.first = first, .end = std::max(first, last)};
}

std::string clock_words(double seconds) {
    auto const tenths = static_cast<std::int64_t>(seconds * 10.0);
    return fmt::format("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
}

} // namespace stemlathe
