#include "host/pipeline/stem_files.hpp"

#include "host/pipeline/delivery_files.hpp"
#include "host/pipeline/verify.hpp"

namespace stemlathe {

StemFiles::StemFiles(
    DeliveryPlan const& plan,
    Session const& session,
    Window const& window,
    OutputFolder& out,
    Backend& backend
)
    : plan_(plan), frames_(window.frames) {
    for (auto const& stem : session.stems) {
        auto settings = encode_settings(plan, session, window, frames_);
        settings.tags.isrc.clear(); // it names the recording, and a stem is a part of one
        if (settings.broadcast) {
            settings.broadcast->description += " " + stem.path.stem().string();
            settings.broadcast->originator_reference.clear();
        }
        auto const path = delivery_path(plan, session, stem.path.stem().string());
        auto const file = out.stage(path);
        tracks_.push_back(
            {.path = path,
             .file = file,
             .quantiser = backend.make_quantiser(quantise_settings(plan)),
             .writer = std::make_unique<Writer>(file, settings)}
        );
    }
}

void StemFiles::write(std::size_t stem, AudioView view) {
    auto& track = tracks_[stem];
    track.writer->write(track.quantiser->process(view));
}

void StemFiles::finish() {
    for (auto& track : tracks_) {
        track.writer->finish();
        track.writer.reset();
    }
}

DeliveryReport StemFiles::verify() const {
    DeliveryReport report{.plan = plan_};
    for (auto const& track : tracks_) {
        verify_stem_file(report, track.file, track.path, frames_);
    }
    return report;
}

} // namespace stemlathe
