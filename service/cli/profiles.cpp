#include "host/model/profile.hpp"
#include "host/plan/plan_names.hpp"
#include "host/profiles/profiles_toml.hpp"
#include "host/report/json_text.hpp"
#include "kernels/base/failure.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/command.hpp"
#include "service/cli/profile_files.hpp"
#include "service/cli/table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr std::string_view kProfilesHelp = R"(stemlathe profiles [SESSION] [--json]

Lists the delivery profiles: container, codec, rate, loudness and true-peak limit. What
--deliver takes, and what a plan's [[delivery]] starts from; every field can be overridden there.
Beside the built-in ones: those of $XDG_CONFIG_HOME/stemlathe/profiles.toml (or ~/.config) and,
where a SESSION is given, of its own profiles.toml, which wins.

  --json   An array with one object per profile on stdout.

Example: stemlathe profiles song/
)";

/// A profile as it is listed.
struct Listed {
    DeliveryProfile rules{};
    std::string name{};
    std::string container{};
    std::string codec{};
    std::optional<int> rate_hz = std::nullopt; ///< nullopt: depends on the session
    std::optional<int> bit_depth = std::nullopt;
    Dither dither = Dither::none;
    std::optional<double> integrated_lufs = std::nullopt;
    std::optional<double> true_peak_dbtp = std::nullopt;
    double gr_budget_db = 0.0;
    std::string what{};
    std::string based_on{};
    std::string from = "built-in";
};

Listed listed(DeliveryProfile const& profile) {
    Listed out{.rules = profile};
    out.name = profile.name;
    out.container = profile.container;
    out.codec = profile.codec;
    if (profile.rate == RateRule::fixed) {
        out.rate_hz = profile.rate_hz;
    }
    if (!profile.is_lossy) {
        out.bit_depth = profile.bit_depth;
    }
    out.dither = profile.dither;
    out.integrated_lufs = profile.integrated_lufs;
    out.true_peak_dbtp = profile.true_peak_dbtp;
    out.gr_budget_db = profile.gr_budget_db;
    out.what = profile.what;
    return out;
}

std::optional<double> value_of(Choice<double> const& choice) {
    return choice.is_set() ? std::optional{choice.value()} : std::nullopt;
}

Listed listed(CustomProfile const& custom) {
    auto const& example = custom.example;
    Listed out{.rules = profile_of(example)};
    out.rules.by_default = false;
    out.name = custom.name;
    out.container = example.container.value_or("");
    out.codec = example.codec.value_or("");
    if (custom.fields.sample_rate_hz || out.rules.rate == RateRule::fixed) {
        out.rate_hz = example.sample_rate_hz;
    }
    out.bit_depth = example.bit_depth;
    out.dither = example.dither.value_or(Dither::none);
    out.integrated_lufs = value_of(example.integrated_lufs);
    out.true_peak_dbtp = value_of(example.true_peak_dbtp);
    out.gr_budget_db = example.gr_budget_db.value_or(0.0);
    out.based_on = example.based_on.value_or("");
    out.what = custom.what.empty() ? fmt::format("based on {}", out.based_on) : custom.what;
    out.from = custom.file;
    return out;
}

std::string rate_text(Listed const& profile) {
    if (profile.rate_hz) {
        return fmt::format("{:g} kHz", *profile.rate_hz / 1000.0);
    }
    switch (profile.rules.rate) {
    case RateRule::fixed:
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

json::object profile_object(Listed const& profile) {
    auto const& rules = profile.rules;
    return {
        {"profile", profile.name},
        {"container", profile.container},
        {"codec", profile.codec},
        {"sample_rate_hz", profile.rate_hz ? json::value(*profile.rate_hz) : json::value(nullptr)},
        {"sample_rate", rate_text(profile)},
        {"bit_depth", profile.bit_depth ? json::value(*profile.bit_depth) : json::value(nullptr)},
        {"dither", name_in(kDitherNames, profile.dither)},
        {"integrated_lufs", number_or_null(profile.integrated_lufs)},
        {"integrated_lufs_min", number_or_null(rules.hard_min_lufs)},
        {"integrated_lufs_max", number_or_null(rules.hard_max_lufs)},
        {"tolerance_lu", rules.tolerance_lu},
        {"true_peak_dbtp", number_or_null(profile.true_peak_dbtp)},
        {"gr_budget_db", profile.gr_budget_db},
        {"default", rules.by_default},
        {"description", profile.what},
        {"based_on",
         profile.based_on.empty() ? json::value(nullptr) : json::value(profile.based_on)},
        {"from", profile.from}};
}

void print_table(std::vector<Listed> const& profiles) {
    using enum Table::Align;
    Table table{
        {{"Profile", left},
         {"Default", left},
         {"LUFS", right},
         {"dBTP", right},
         {"What", left},
         {"From", left}}};
    for (auto const& profile : profiles) {
        table.row(
            {profile.name,
             profile.rules.by_default ? "yes" : "",
             figure(profile.integrated_lufs),
             figure(profile.true_peak_dbtp),
             profile.what,
             profile.from}
        );
    }
    fmt::print("{}", table.text());
}

int run_profiles(Words const& words) {
    bool as_json = false;
    std::string session;
    Arguments arguments{"profiles"};
    arguments.positional("SESSION", session);
    arguments.flag("--json", as_json);
    arguments.parse(words);
    if (!session.empty() && !std::filesystem::is_directory(session)) {
        throw Failure{Code::not_found, fmt::format("there is no session folder {}", session)}
            .about_file(session);
    }
    std::vector<Listed> profiles;
    for (auto const& profile : delivery_profiles()) {
        profiles.push_back(listed(profile));
    }
    auto const catalogue = load_profiles(profile_files(session));
    for (auto const& profile : catalogue.custom()) {
        profiles.push_back(listed(profile));
    }
    if (!as_json) {
        print_table(profiles);
        return 0;
    }
    json::array list;
    for (auto const& profile : profiles) {
        list.emplace_back(profile_object(profile));
    }
    fmt::print("{}", json_text(list));
    return 0;
}

} // namespace

Command const kProfilesCommand{.name = "profiles", .help = kProfilesHelp, .run = run_profiles};

} // namespace stemlathe::service
