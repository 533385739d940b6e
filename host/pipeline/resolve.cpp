#include "host/pipeline/resolve.hpp"

#include "host/model/profile.hpp"
#include "host/pipeline/delivery_name.hpp"
#include "host/plan/file_name.hpp"
#include "host/plan/matching.hpp"
#include "host/toml/nearest_name.hpp"
#include "host/versions/resolve_versions.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <set>
#include <string>

namespace stemlathe {

namespace {

/// What every file system takes, with room for the ".cue" and ".part" of others.
constexpr std::size_t kFileName_bytes_max = 200;

std::vector<DeliveryPlan> default_deliveries() {
    std::vector<DeliveryPlan> deliveries;
    for (auto const& profile : delivery_profiles()) {
        if (profile.by_default) {
            std::string const name{profile.name};
            deliveries.push_back({.profile = name, .name = name});
        }
    }
    return deliveries;
}

/// The plan's deliveries of that name or profile, else the built-in profile as it is.
std::vector<DeliveryPlan> deliveries_named(MasteringPlan const& plan, std::string const& name) {
    std::vector<DeliveryPlan> found;
    std::ranges::copy_if(plan.delivery, std::back_inserter(found), [&](auto const& delivery) {
        return delivery.name == name || delivery.profile == name;
    });
    if (found.empty()) {
        found.push_back({.profile = std::string{profile_named(name).name}, .name = name});
    }
    return found;
}

/// Not every file system tells "A" from "a".
std::string without_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return text;
}

void check_names_differ(std::vector<DeliveryPlan> const& deliveries) {
    std::set<std::string> seen;
    for (auto const& delivery : deliveries) {
        if (!seen.insert(without_case(delivery.name)).second) {
            throw Failure{
                Code::invalid_plan,
                fmt::format(
                    "two deliveries are named \"{}\"; give one of them another name", delivery.name
                )}
                .about_key("delivery.name");
        }
    }
}

[[noreturn]] void refuse_file_name(DeliveryPlan const& delivery, std::string const& complaint) {
    throw Failure{
        Code::invalid_plan,
        fmt::format(
            "delivery \"{}\": file_name \"{}\" {}",
            delivery.name,
            delivery.file_name.value_or(std::string{kUsualFileName}),
            complaint
        )}
        .about_key("delivery.file_name");
}

/// Every file of a delivery has a name, and one of its own.
void check_file_names(DeliveryPlan const& delivery, Session const& session) {
    std::vector<std::string> extras{""};
    if (profile_of(delivery).is_stems) {
        extras.clear();
        for (auto const& stem : session.stems) {
            extras.push_back(stem.path.stem().string());
        }
    }
    std::set<std::string> seen;
    for (auto const& extra : extras) {
        auto const file = delivery_path(delivery, session, extra).filename();
        if (file.stem().empty() || file.string().front() == '.') {
            refuse_file_name(
                delivery, "gives no name here: nothing that it asks for stands in session.toml"
            );
        }
        if (file.string().size() > kFileName_bytes_max) {
            refuse_file_name(
                delivery,
                fmt::format(
                    "gives a name of {} letters here; {} is the most",
                    file.string().size(),
                    kFileName_bytes_max
                )
            );
        }
        if (!seen.insert(without_case(file.string())).second) {
            refuse_file_name(
                delivery,
                fmt::format("gives two stems the name \"{}\"; rename one of them", file.string())
            );
        }
    }
}

/// Passes and bells must lie under half the session's rate; the reader of plans cannot know it.
void check_frequencies(
    std::vector<PlanBand> const& bands, std::string const& where, Session const& session
) {
    double const nyquist = session.rate_hz / 2.0;
    for (auto const& band : bands) {
        if (band.band.type != EqualiserType::curve && band.band.hz > nyquist) {
            throw Failure{
                Code::invalid_plan,
                fmt::format(
                    "{}.eq.hz is {}; it must be at most {} at the session's rate",
                    where,
                    band.band.hz,
                    nyquist
                )}
                .about_key(where + ".eq.hz");
        }
    }
}

void check_versions_have_masters(MasteringPlan const& plan) {
    bool const has_master = std::ranges::any_of(plan.delivery, [](DeliveryPlan const& delivery) {
        return !profile_of(delivery).is_stems;
    });
    if (!plan.version.empty() && !has_master) {
        throw Failure{
            Code::invalid_argument,
            "versions lie beside masters and share their gains, and stems are no master; deliver "
            "one too, such as archive or streaming"}
            .about_key("versions");
    }
}

template <typename Value>
void off_if_auto(Choice<Value>& choice) {
    if (choice.is_auto()) {
        choice = Choice<Value>::off();
    }
}

StemPlan resolved_stem(MasteringPlan const& plan, Stem const& stem, Session const& session) {
    auto out = plan_for_stem(plan, stem);
    off_if_auto(out.eq);
    off_if_auto(out.dynamics);
    if (out.eq.is_set()) {
        check_frequencies(out.eq.value(), fmt::format("stem \"{}\"", stem.file), session);
        for (auto const& band : out.eq.value()) {
            if (band.dynamic && band.dynamic->key.empty()) {
                throw Failure{
                    Code::invalid_plan,
                    fmt::format(
                        "stem \"{}\": eq.dynamic.key is missing; name the stem whose level opens "
                        "the band",
                        stem.file
                    )}
                    .about_key("stem.eq.dynamic.key");
            }
        }
    }
    return out;
}

void refuse_reference_matching(MasteringPlan const& plan) {
    if (plan.reference_strength.value_or(0.0) > 0.0) {
        throw Failure{
            Code::invalid_plan,
            fmt::format(
                "reference.strength is {}; this version does not match references yet, so it must "
                "be 0 or left out",
                *plan.reference_strength
            )}
            .about_key("reference.strength");
    }
}

} // namespace

std::vector<DeliveryPlan>
wanted_deliveries(MasteringPlan const& plan, std::vector<std::string> const& deliver) {
    if (deliver.empty()) {
        return plan.delivery.empty() ? default_deliveries() : plan.delivery;
    }
    std::vector<DeliveryPlan> wanted;
    for (auto const& name : deliver) {
        for (auto& delivery : deliveries_named(plan, name)) {
            if (std::ranges::find(wanted, delivery) == wanted.end()) {
                wanted.push_back(std::move(delivery));
            }
        }
    }
    return wanted;
}

MasteringPlan resolve_without_audio(
    MasteringPlan const& plan,
    std::vector<std::string> const& deliver,
    Session const& session,
    VersionWish const& versions
) {
    check_matches(plan, session);
    refuse_reference_matching(plan);
    MasteringPlan out = plan;
    out.stem.clear();
    for (auto const& stem : session.stems) {
        out.stem.push_back(resolved_stem(plan, stem, session));
    }
    off_if_auto(out.bus.eq);
    if (out.bus.eq.is_set()) {
        check_frequencies(out.bus.eq.value(), "bus", session);
    }
    if (out.bus.limiter.is_auto()) {
        out.bus.limiter = LimiterPlan{};
    }
    out.reference_strength = 0.0;
    out.masking_fix = false;
    out.delivery = wanted_deliveries(plan, deliver);
    for (auto& delivery : out.delivery) {
        delivery = resolve_delivery(delivery, out.bus, session);
        check_file_names(delivery, session);
    }
    check_names_differ(out.delivery);
    out.version = resolve_versions(plan, versions, session);
    check_versions_have_masters(out);
    return out;
}

bool is_resolved(MasteringPlan const& plan) noexcept {
    auto const stem_is_open = [](StemPlan const& stem) {
        return stem.eq.is_auto() || stem.dynamics.is_auto();
    };
    auto const delivery_is_open = [](DeliveryPlan const& delivery) {
        return delivery.integrated_lufs.is_auto() || delivery.true_peak_dbtp.is_auto() ||
               delivery.limiter.is_auto();
    };
    return !plan.bus.eq.is_auto() && !plan.bus.multiband.is_auto() && !plan.bus.limiter.is_auto() &&
           plan.reference_strength == 0.0 && plan.masking_fix == false &&
           std::ranges::none_of(plan.stem, stem_is_open) &&
           std::ranges::none_of(plan.delivery, delivery_is_open);
}

} // namespace stemlathe
