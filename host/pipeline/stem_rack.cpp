#include "host/pipeline/stem_rack.hpp"

#include "host/plan/matching.hpp"

#include <algorithm>

namespace stemlathe {

StemRack::StemRack(
    Session const& session, Window const& window, MasteringPlan const& plan, Backend& backend
) {
    for (auto const& stem : session.stems) {
        sources_.push_back(std::make_unique<StemSource>(stem, session, window, backend));
        chains_.push_back(
            make_stem_chain(plan_for_stem(plan, stem), session, window.from_frame, backend)
        );
        has_keys_ = has_keys_ || chains_.back().has_keys();
    }
    conformed_.resize(sources_.size());
    processed_.resize(sources_.size());
}

bool StemRack::is_done() const {
    return std::ranges::all_of(sources_, [](auto const& source) { return source->is_done(); });
}

std::span<AudioView const> StemRack::advance(
    std::int64_t target,
    Tasks& crew,
    StemSink const& sink,
    std::span<std::function<void()> const> others
) {
    auto const process = [&](std::size_t i) {
        processed_[i] = chains_[i].process(conformed_[i], conformed_);
        if (sink) {
            sink(i, processed_[i]);
        }
    };
    auto const conform = [&](std::size_t i) {
        conformed_[i] = sources_[i]->advance(target);
    };
    if (has_keys_) { // a key must have arrived before those that listen to it
        crew.for_each(sources_.size(), conform);
    }
    crew.for_each(others.size() + sources_.size(), [&](std::size_t part) {
        if (part < others.size()) {
            others[part]();
            return;
        }
        auto const i = part - others.size();
        if (!has_keys_) {
            conform(i);
        }
        process(i);
    });
    return processed_;
}

void StemRack::finish(std::size_t stem, AudioSink const& sink) {
    chains_[stem].finish(sink);
}

} // namespace stemlathe
