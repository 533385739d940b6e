#include "host/model/profile.hpp"
#include "host/plan/plan_names.hpp"
#include "host/report/json_text.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/command.hpp"
#include "service/cli/table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr std::string_view kHelp = R"(stemlathe profiles [--json]

Lists the delivery profiles: container, codec, rate, loudness and true-peak limit. What
--deliver takes, and what a plan's [[delivery]] starts from; every field can be overridden there.

  --json   An array with one object per profile on stdout.

Example: stemlathe profiles
)";

std::string rate_text(DeliveryProfile const& profile) {
    switch (profile.rate) {
    case RateRule::fixed:
        return fmt::format("{:g} kHz", profile.rate_hz / 1000.0);
    case RateRule::session_own:
        return "session's";
    case RateRule::hires_only:
        return "session's, 88.2 kHz up";
    case RateRule::session_or_48:
        return "44.1 or 48 kHz";
    }
    return "";
}

json::value number_or_null(std::optional<double> value) {
    return rounded(value, 3);
}

json::object profile_object(DeliveryProfile const& profile) {
    auto const has_depth = !profile.is_lossy;
    return {
        {"profile", profile.name},
        {"container", profile.container},
        {"codec", profile.codec},
        {"sample_rate_hz",
         profile.rate == RateRule::fixed ? json::value(profile.rate_hz) : json::value(nullptr)},
        {"sample_rate", rate_text(profile)},
        {"bit_depth", has_depth ? json::value(profile.bit_depth) : json::value(nullptr)},
        {"dither", name_in(kDitherNames, profile.dither)},
        {"integrated_lufs", number_or_null(profile.integrated_lufs)},
        {"integrated_lufs_min", number_or_null(profile.hard_min_lufs)},
        {"integrated_lufs_max", number_or_null(profile.hard_max_lufs)},
        {"tolerance_lu", profile.tolerance_lu},
        {"true_peak_dbtp", number_or_null(profile.true_peak_dbtp)},
        {"gr_budget_db", profile.gr_budget_db},
        {"default", profile.by_default},
        {"description", profile.what}};
}

void print_table() {
    using enum Table::Align;
    Table table{
        {{"Profile", left}, {"Default", left}, {"LUFS", right}, {"dBTP", right}, {"What", left}}};
    for (auto const& profile : delivery_profiles()) {
        table.row(
            {std::string{profile.name},
             profile.by_default ? "yes" : "",
             figure(profile.integrated_lufs),
             figure(profile.true_peak_dbtp),
             std::string{profile.what}}
        );
    }
    fmt::print("{}", table.text());
}

int run_profiles(Words const& words) {
    bool as_json = false;
    Arguments arguments{"profiles"};
    arguments.flag("--json", as_json);
    arguments.parse(words);
    if (!as_json) {
        print_table();
        return 0;
    }
    json::array list;
    for (auto const& profile : delivery_profiles()) {
        list.emplace_back(profile_object(profile));
    }
    fmt::print("{}", json_text(list));
    return 0;
}

} // namespace

Command const kProfilesCommand{.name = "profiles", .help = kHelp, .run = run_profiles};

} // namespace stemlathe::service
