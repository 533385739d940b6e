#include "host/pipeline/stem_files.hpp"

#include "host/loudness/meter.hpp"
#include "host/pipeline/delivery_files.hpp"
#include "host/pipeline/verify.hpp"

#include <utility>

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

DeliveryReport StemFiles::verify(Run& run) const {
    DeliveryReport report{.plan = plan_};
    report.stem_readings.resize(tracks_.size());
    std::vector<DeliveredFile> files(tracks_.size());
    run.tasks().for_each(tracks_.size(), [&](std::size_t i) {
        files[i] = describe_file(tracks_[i].file, tracks_[i].path);
        report.stem_readings[i] = inspect_file(tracks_[i].file, run.stop());
    });
    for (auto& file : files) {
        add_stem_file(report, std::move(file), frames_);
    }
    return report;
}

} // namespace stemlathe
