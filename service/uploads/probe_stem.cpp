#include "service/uploads/probe_stem.hpp"

#include "formats/jail/probe.hpp"
#include "formats/media.hpp"
#include "host/intake/stem_intake.hpp"
#include "host/report/json/finding_objects.hpp"
#include "host/session/labels.hpp"
#include "host/session/media_findings.hpp"
#include "service/uploads/stem_findings.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

std::string text_of(json::object const& object, std::string_view key) {
    return std::string{object.at(key).as_string()};
}

/// To a hundredth of a decibel.
json::value decibels(std::optional<double> level) {
    constexpr double kSteps = 100.0;
    return level ? json::value(std::round(*level * kSteps) / kSteps) : json::value{};
}

json::object media_json(ProbeResult const& probe) {
    auto const& media = probe.media;
    std::optional<double> loudest;
    json::array peaks;
    for (auto const& peak : probe.sample_peak_dbfs) {
        peaks.push_back(decibels(peak));
        loudest = peak ? std::optional{std::max(loudest.value_or(*peak), *peak)} : loudest;
    }
    return {
        {"container", name_of(media.container)},
        {"codec", media.codec},
        {"sample_rate_hz", media.rate_hz},
        {"channels", media.channels},
        {"bit_depth", media.bit_depth > 0 ? json::value(media.bit_depth) : json::value{}},
        {"float", media.is_float},
        {"frames", probe.decoded_frames},
        {"duration_s", probe.duration_s()},
        {"peak_dbfs", decibels(loudest)},
        {"channel_peaks_dbfs", std::move(peaks)},
        {"time_reference_frames",
         media.time_reference_frames ? json::value(*media.time_reference_frames) : json::value{}}};
}

json::value role_of(std::string const& kind, std::string const& filename) {
    if (kind != "stem") {
        return nullptr;
    }
    return json::value(name_of(role_from_label(filename).value_or(Role::other)));
}

std::string result_of(json::value media, std::vector<Finding> const& findings, json::value role) {
    bool const is_refused = std::ranges::any_of(findings, [](Finding const& finding) {
        return finding.severity == Severity::refuse;
    });
    return json::serialize(json::object{
        {"state", is_refused ? "rejected" : "ready"},
        {"media", std::move(media)},
        {"findings", finding_objects(findings)},
        {"role", std::move(role)}});
}

/// What the checks of a stem say, which see its audio as the probe's decoder has it.
class ProbedStem {
  public:
    explicit ProbedStem(std::string const& filename) {
        stem_.file = filename;
    }

    void hear(ProbeResult const& probe, PackedAudio const& audio, std::int64_t first_frame) {
        if (!intake_ && can_be_checked(probe)) {
            stem_.media = probe.media;
            intake_.emplace(stem_);
        }
        if (intake_) {
            intake_->process(audio, first_frame);
        }
    }

    void finish(std::vector<Finding>& findings) {
        if (intake_) {
            intake_->finish(findings);
        }
    }

  private:
    /// Mono or stereo, and within the range of float32, which the checks work in.
    static bool can_be_checked(ProbeResult const& probe) {
        constexpr double kFloat32_dbfs = 700.0;
        return probe.media.channels <= 2 &&
               std::ranges::all_of(probe.sample_peak_dbfs, [](auto const& peak) {
                   return !peak || *peak < kFloat32_dbfs;
               });
    }

    Stem stem_{};
    std::optional<StemIntake> intake_{};
};

} // namespace

std::string
probe_stem(std::string const& spec, BlobStore const& blobs, std::stop_token const& stop) {
    auto const document = json::parse(spec).as_object();
    auto const kind = text_of(document, "kind");
    auto const filename = text_of(document, "filename");
    auto const blob = blobs.open(text_of(document, "digest"), document.at("bytes").as_int64());
    auto const role = role_of(kind, filename);
    try {
        auto const kinds = kind == "reference" ? AudioKinds::any : AudioKinds::lossless;
        ProbedStem stem{filename};
        ProbeSettings settings{.kinds = kinds, .stop = stop};
        if (kind == "stem") {
            settings.listener = [&](ProbeResult const& probed, PackedAudio const& audio, auto frame
                                ) {
                stem.hear(probed, audio, frame);
            };
        }
        auto const result = probe(*blob, filename, settings);
        auto findings = findings_of(result, kind, filename);
        stem.finish(findings);
        return result_of(media_json(result), findings, role);
    } catch (MediaFailure const& failure) {
        return result_of(nullptr, {finding_of(failure, filename)}, role);
    }
}

} // namespace stemlathe::service
