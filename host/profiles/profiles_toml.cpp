#include "host/profiles/profiles_toml.hpp"

#include "host/model/profile.hpp"
#include "host/pipeline/resolve.hpp"
#include "host/plan/delivery_reader.hpp"
#include "host/toml/nearest_name.hpp"
#include "host/toml/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::string_view kProfilesSchema = "stemlathe.profiles/1";
constexpr std::size_t kProfilesMax = 256;
constexpr std::size_t kDescriptionLetters = 200;

/// One [[profile]] as it is written, with the reader that knows where it stands.
struct Draft {
    CustomProfile profile{};
    TableReader reader;
    bool is_done = false; ///< merged with what it is based on
};

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

Draft read_draft(TableReader reader, std::string const& file) {
    Draft draft{.profile = {.file = file}, .reader = std::move(reader)};
    auto& profile = draft.profile;
    profile.name = draft.reader.text("name").value_or("");
    if (profile.name.empty()) {
        draft.reader.fail("name", "is missing; it is what --deliver takes");
    }
    if (is_built_in(profile.name)) {
        draft.reader.fail(
            "name",
            fmt::format("is \"{}\", which is built in; give yours another name", profile.name)
        );
    }
    profile.what = draft.reader.text("description").value_or("");
    if (profile.what.size() > kDescriptionLetters ||
        std::ranges::any_of(profile.what, is_control)) {
        draft.reader.fail(
            "description",
            fmt::format("must be one line of at most {} letters", kDescriptionLetters)
        );
    }
    profile.fields.profile = profile.name;
    profile.fields.name = profile.name;
    profile.fields.based_on = draft.reader.text("based_on");
    if (!profile.fields.based_on) {
        draft.reader.fail(
            "based_on", "is missing; name the profile that yours starts from, such as \"streaming\""
        );
    }
    read_delivery_fields(draft.reader, profile.fields);
    draft.reader.finish();
    return draft;
}

class Drafts {
  public:
    Drafts(std::vector<Draft> drafts, ProfileCatalogue& catalogue)
        : drafts_(std::move(drafts)), catalogue_(catalogue) {}

    /// Merges every draft with what it is based on, and checks and adds it.
    void settle() {
        for (auto& draft : drafts_) {
            settle(draft);
        }
    }

  private:
    void settle(Draft& draft) {
        if (draft.is_done) {
            return;
        }
        auto& fields = draft.profile.fields;
        auto const base = *fields.based_on;
        if (!is_built_in(base)) {
            fields.based_on = std::nullopt; // until it is known: whoever comes by is in a circle
            fields = merged(fields, fields_of(base, draft));
        }
        check(draft);
        draft.is_done = true;
        catalogue_.add(draft.profile);
    }

    DeliveryPlan fields_of(std::string const& base, Draft const& draft) {
        auto const found = std::ranges::find_if(drafts_, [&](Draft const& other) {
            return other.profile.name == base;
        });
        if (found != drafts_.end()) {
            if (!found->profile.fields.based_on) {
                draft.reader.fail(
                    "based_on", fmt::format("is \"{}\", which leads back here", base)
                );
            }
            settle(*found);
            return found->profile.fields;
        }
        if (auto const* const known = catalogue_.find(base); known != nullptr) {
            return known->fields;
        }
        std::vector<std::string_view> names;
        for (auto const& profile : delivery_profiles()) {
            names.push_back(profile.name);
        }
        for (auto const& other : drafts_) {
            names.push_back(other.profile.name);
        }
        draft.reader.fail("based_on", fmt::format("is \"{}\"{}", base, suggestion(base, names)));
    }

    static void check(Draft& draft) {
        check_range(draft);
        // What depends on the session's rate is told when there is one: it is enough that the
        // profile fits one of the usual rates.
        std::optional<Failure> last; // of the highest rate: what stands at every rate
        for (int const rate_hz : {48'000, 44'100, 96'000, 88'200, 192'000}) {
            try {
                Session session{};
                session.rate_hz = rate_hz;
                draft.profile.example = resolve_delivery(
                    draft.profile.fields, BusPlan{.limiter = LimiterPlan{}}, session
                );
                return;
            } catch (Failure const& failure) {
                last = failure;
            }
        }
        throw Failure{Code::invalid_plan, fmt::format("{}: {}", draft.profile.file, last->what())}
            .about_file(draft.profile.file)
            .about_key(draft.reader.path_of("name"));
    }

    static void check_range(Draft const& draft) {
        auto const& fields = draft.profile.fields;
        auto const rules = profile_of(fields);
        auto const wish = fields.integrated_lufs.is_set()
                              ? std::optional{fields.integrated_lufs.value()}
                              : rules.integrated_lufs;
        if (fields.integrated_lufs.is_off() || !wish) {
            return;
        }
        if ((rules.hard_min_lufs && *wish < *rules.hard_min_lufs) ||
            (rules.hard_max_lufs && *wish > *rules.hard_max_lufs)) {
            draft.reader.fail(
                "integrated_lufs",
                fmt::format(
                    "is {}, outside of the profile's own range ({} to {}); set "
                    "integrated_lufs_min and integrated_lufs_max with it",
                    *wish,
                    rules.hard_min_lufs ? fmt::format("{}", *rules.hard_min_lufs) : "any",
                    rules.hard_max_lufs ? fmt::format("{}", *rules.hard_max_lufs) : "any"
                )
            );
        }
    }

    std::vector<Draft> drafts_;
    ProfileCatalogue& catalogue_;
};

} // namespace

void add_profiles(ProfileCatalogue& catalogue, std::string_view text, std::string const& file) {
    auto const document = parse_toml(text, file, Code::invalid_plan);
    TableReader reader{document, file, "", Code::invalid_plan};
    (void)reader.word("schema", {kProfilesSchema});
    auto readers = reader.tables("profile");
    reader.finish();
    if (readers.size() > kProfilesMax) {
        reader.fail(
            "profile",
            fmt::format("has {} entries; it must have at most {}", readers.size(), kProfilesMax)
        );
    }
    std::vector<Draft> drafts;
    for (auto& each : readers) {
        auto draft = read_draft(std::move(each), file);
        auto const same = std::ranges::find_if(drafts, [&](Draft const& other) {
            return other.profile.name == draft.profile.name;
        });
        if (same != drafts.end()) {
            draft.reader.fail(
                "name", fmt::format("is \"{}\", as another profile is here", draft.profile.name)
            );
        }
        drafts.push_back(std::move(draft));
    }
    Drafts{std::move(drafts), catalogue}.settle();
}

ProfileCatalogue load_profiles(std::vector<std::filesystem::path> const& files) {
    ProfileCatalogue catalogue;
    for (auto const& file : files) {
        std::error_code error;
        if (std::filesystem::exists(file, error)) {
            add_profiles(catalogue, read_text_file(file, Code::invalid_plan), file.string());
        }
    }
    return catalogue;
}

} // namespace stemlathe
