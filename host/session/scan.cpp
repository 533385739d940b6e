#include "host/session/scan.hpp"

#include "formats/reader.hpp"
#include "host/comments/load_comments.hpp"
#include "host/intake/time_reference.hpp"
#include "host/session/label_findings.hpp"
#include "host/session/labels.hpp"
#include "host/session/media_findings.hpp"
#include "host/session/rate_findings.hpp"
#include "host/session/session_toml.hpp"
#include "host/utf8.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/resample/resample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace stemlathe {

namespace {

std::vector<std::filesystem::path> files_in(std::filesystem::path const& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (auto const& entry : std::filesystem::directory_iterator{folder, error}) {
        auto const name = entry.path().filename().string();
        std::error_code ignored; // what cannot even be looked at is no file to read
        if (entry.is_regular_file(ignored) && !name.starts_with(".")) {
            files.push_back(entry.path());
        }
    }
    if (error) {
        throw Failure{
            Code::not_found, fmt::format("{} cannot be read: {}", folder.string(), error.message())}
            .about_file(folder.string());
    }
    std::ranges::sort(files);
    return files;
}

Finding refusal(std::string code, std::string const& stem, std::string message) {
    return {
        .code = std::move(code),
        .severity = Severity::refuse,
        .stem = stem,
        .message = std::move(message)};
}

void add_stem(Session& session, std::filesystem::path const& path, StemHint const* hint) {
    Stem stem{.path = path, .file = path.filename().string()};
    if (auto const shown = valid_utf8(stem.file); shown != stem.file) { // no plan could name it
        session.findings.push_back(refusal(
            "label",
            shown,
            shown +
                " has bytes in its name that are not UTF-8, as some archives leave them; rename "
                "the file"
        ));
        return;
    }
    try {
        stem.media = Reader{path}.info();
    } catch (MediaFailure const& failure) {
        session.findings.push_back(finding_of(failure, stem.file));
        return;
    } catch (Failure const& failure) { // no permission, a failing disk: this stem's own trouble
        session.findings.push_back(refusal("unreadable", stem.file, failure.what()));
        return;
    }
    auto found = media_findings(stem.media, stem.file);
    bool const is_refused = verdict_of(found) == "refuse";
    std::ranges::move(found, std::back_inserter(session.findings));
    if (is_refused) {
        return;
    }
    stem.role = role_from_label(stem.file).value_or(Role::other);
    stem.vocal_part = vocal_part_from_label(stem.file);
    bool const role_is_given = hint != nullptr && hint->role;
    if (hint != nullptr) {
        stem.role = hint->role.value_or(stem.role);
        stem.priority = hint->priority;
        stem.offset_s = hint->offset_s;
        stem.vocal_part = hint->vocal_part ? hint->vocal_part : stem.vocal_part;
    }
    if (auto finding = label_finding(stem.file); finding && !role_is_given) {
        session.findings.push_back(std::move(*finding));
    }
    session.stems.push_back(std::move(stem));
}

/// Offsets count from the earliest stem, so that nothing starts before 0.
void start_at_earliest(Session& session) {
    double earliest_s = 0.0;
    for (auto const& stem : session.stems) {
        earliest_s = std::min(earliest_s, stem.offset_s);
    }
    for (auto& stem : session.stems) {
        stem.offset_s -= earliest_s;
    }
}

int commonest_rate(std::vector<Stem> const& stems) {
    std::map<int, int> counts;
    for (auto const& stem : stems) {
        ++counts[stem.media.rate_hz];
    }
    auto const best = std::ranges::max_element(counts, [](auto const& a, auto const& b) {
        return std::pair{a.second, a.first} < std::pair{b.second, b.first};
    });
    return best != counts.end() ? best->first : 0;
}

std::int64_t conformed_frames(Stem const& stem, int rate_hz) {
    return std::llround(stem.offset_s * rate_hz) +
           resampled_frames(stem.media.frames, {.from_hz = stem.media.rate_hz, .to_hz = rate_hz});
}

void find_length_differences(Session& session) {
    for (auto const& stem : session.stems) {
        auto const missing = session.frames - conformed_frames(stem, session.rate_hz);
        if (missing <= 1) {
            continue;
        }
        double const missing_s = static_cast<double>(missing) / session.rate_hz;
        session.findings.push_back(
            {.code = "length_mismatch",
             .severity = Severity::warn,
             .stem = stem.file,
             .measured = missing_s,
             .limit = 1.0 / session.rate_hz,
             .unit = "s",
             .message = fmt::format(
                 "{} ends {:.3f} s before the longest stem; it was filled up with silence. Export "
                 "all stems "
                 "over the same range",
                 stem.file,
                 missing_s
             )}
        );
    }
}

void find_reference_mix(Session& session, SessionFile const& file) {
    if (!file.reference_mix.empty()) {
        auto const path = session.folder / file.reference_mix;
        if (!std::filesystem::is_regular_file(path)) {
            throw Failure{
                Code::invalid_session,
                fmt::format(
                    "session.toml: reference.mix names {}, which is not there", file.reference_mix
                )}
                .about_file("session.toml")
                .about_key("reference.mix");
        }
        session.reference_mix = path;
    }
    if (!session.reference_mix) {
        session.findings.push_back(
            {.code = "no_reference_mix",
             .severity = Severity::info,
             .message = "no reference mix was sent; a rough bounce named Reference_Mix.wav lets "
                        "stemlathe check "
                        "that the stems add up to what the artist heard"}
        );
    }
}

/// The first folder in a session without stems that has some.
std::optional<std::string> folder_with_stems(std::filesystem::path const& folder) {
    std::error_code error;
    std::vector<std::string> found;
    for (auto const& entry : std::filesystem::directory_iterator{folder, error}) {
        auto const name = valid_utf8(entry.path().filename().string());
        std::error_code ignored; // what cannot even be looked at holds nothing
        if (!name.starts_with(".") && name != "references" && entry.is_directory(ignored)) {
            for (auto const& inner : std::filesystem::directory_iterator{entry.path(), ignored}) {
                if (has_stem_extension(inner.path().filename().string())) {
                    found.push_back(name);
                }
            }
        }
    }
    std::ranges::sort(found);
    return found.empty() ? std::nullopt : std::optional{found.front()};
}

std::string no_stems_sentence(std::filesystem::path const& folder) {
    auto const inner = folder_with_stems(folder);
    return fmt::format(
        "{} holds no stem that can be used; {}",
        folder.string(),
        inner ? fmt::format("there is audio in {0}: name {0} as the session, or move it up", *inner)
              : "send WAV, AIFF, CAF or FLAC files"
    );
}

/// A release that has a name but no numbers: shops and plants will ask for them.
void find_missing_numbers(Session& session) {
    auto const& info = session.info;
    bool const is_release = !info.title.empty() || !info.artist.empty() || !info.album.empty();
    if (!is_release || (!info.isrc.empty() && !info.upc.empty())) {
        return;
    }
    auto const missing =
        info.isrc.empty() ? (info.upc.empty() ? "no ISRC and no UPC" : "no ISRC") : "no UPC";
    session.findings.push_back(
        {.code = info.isrc.empty() ? "no_isrc" : "no_upc",
         .severity = Severity::info,
         .message = fmt::format(
             "session.toml gives {}, so the masters carry none; shops and pressing plants ask for "
             "isrc = \"QZABC2600001\" and upc = \"036000291452\"",
             missing
         )}
    );
}

void check_limits(Session const& session) {
    if (session.stems.size() > kStemsMax) {
        throw Failure{
            Code::invalid_session,
            fmt::format(
                "{} holds {} stems; at most {} are possible. Group them first",
                session.folder.string(),
                session.stems.size(),
                kStemsMax
            )};
    }
    if (session.duration_s() > kSession_s_max) {
        throw Failure{
            Code::invalid_session,
            fmt::format(
                "{} is {:.1f} hours long; at most {} are possible",
                session.folder.string(),
                session.duration_s() / 3600.0,
                kSession_s_max / 3600.0
            )};
    }
}

Finding ignored(std::string const& name) {
    bool const is_mix = is_reference_mix(name);
    return {
        .code = "ignored_file",
        .severity = Severity::warn,
        .stem = name,
        .message = fmt::format(
            "{} was left out: {} must be WAV, AIFF, CAF or FLAC. Export it again without loss",
            name,
            is_mix ? "a reference mix" : "stems"
        )};
}

void scan_files(Session& session, SessionFile const& file) {
    std::vector<std::string> seen;
    std::vector<std::string> references;
    for (auto const& path : files_in(session.folder)) {
        auto const name = path.filename().string();
        if (has_stem_extension(name) && name == file.reference_mix) {
            continue;
        }
        if (has_stem_extension(name) && file.reference_mix.empty() && is_reference_mix(name)) {
            session.reference_mix = path;
            references.push_back(name);
        } else if (has_stem_extension(name)) {
            seen.push_back(name);
            add_stem(session, path, file.hint_for(name));
        } else if (has_other_audio_extension(name)) {
            session.findings.push_back(ignored(name));
        }
    }
    if (auto finding = reference_finding(references)) {
        session.findings.push_back(std::move(*finding));
    }
    std::ranges::move(number_findings(session.stems), std::back_inserter(session.findings));
    for (auto const& hint : file.stems) {
        if (std::ranges::find(seen, hint.file) == seen.end()) {
            throw Failure{
                Code::invalid_session,
                fmt::format(
                    "session.toml: stem.file names {}, which is not in the folder", hint.file
                )}
                .about_file("session.toml")
                .about_key("stem.file");
        }
    }
}

} // namespace

std::string verdict_of(std::vector<Finding> const& findings) {
    auto const has = [&](Severity severity) {
        return std::ranges::any_of(findings, [&](Finding const& f) {
            return f.severity == severity;
        });
    };
    return has(Severity::refuse) ? "refuse" : (has(Severity::warn) ? "warn" : "accept");
}

void conform(Session& session) {
    std::erase_if(session.findings, [](Finding const& finding) {
        return finding.code == "sample_rate_mismatch" || finding.code == "sample_rate_wrong" ||
               finding.code == "length_mismatch";
    });
    start_at_earliest(session);
    session.rate_hz = commonest_rate(session.stems);
    session.frames = 0;
    for (auto const& stem : session.stems) {
        session.frames = std::max(session.frames, conformed_frames(stem, session.rate_hz));
    }
    std::ranges::move(rate_findings(session), std::back_inserter(session.findings));
    find_length_differences(session);
}

Session scan_session(std::filesystem::path const& folder) {
    if (!std::filesystem::is_directory(folder)) {
        throw Failure{
            Code::not_found,
            fmt::format(
                "{} is not a session folder; name a folder with stems in it", folder.string()
            )}
            .about_file(folder.string());
    }
    Session session{.folder = folder};
    auto file = load_session_file(folder / "session.toml");
    session.info = file.info;
    session.strict_intake = file.strict_intake;
    session.versions = file.versions;
    scan_files(session, file);
    find_reference_mix(session, file);
    find_missing_numbers(session);
    if (session.stems.empty()) {
        session.findings.push_back(refusal("empty", "", no_stems_sentence(folder)));
    }
    align_by_time_references(session, kSession_s_max);
    conform(session);
    check_limits(session);
    load_comments(session, std::move(file.comments));
    return session;
}

} // namespace stemlathe
