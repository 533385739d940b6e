#include "host/comments/load_comments.hpp"

#include "host/comments/anchor.hpp"
#include "host/comments/clock.hpp"
#include "host/comments/parse_comments.hpp"
#include "host/comments/stem_words.hpp"
#include "host/plan/matching.hpp"
#include "host/toml/nearest_name.hpp"
#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

namespace stemlathe {

namespace {

/// comments.txt, however its name is capitalised.
std::optional<std::filesystem::path> comments_file(std::filesystem::path const& folder) {
    std::optional<std::filesystem::path> found;
    std::error_code error;
    for (auto const& entry : std::filesystem::directory_iterator{folder, error}) {
        std::error_code ignored; // what cannot even be looked at is no file to read
        if (lower_case(entry.path().filename().string()) == "comments.txt" &&
            entry.is_regular_file(ignored) && (!found || entry.path() > *found)) {
            found = entry.path(); // the last in order of bytes: lower case goes before capitals
        }
    }
    return found;
}

void take_comments_file(Session& session) {
    auto const path = comments_file(session.folder);
    if (!path) {
        return;
    }
    // One byte more than the limit, so that the parser sees that there is more.
    std::string text(kComments_file_bytes_max + 1, '\0');
    std::ifstream in{*path, std::ios::binary};
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.eof() && in.fail()) {
        session.findings.push_back(
            {.code = "comment",
             .severity = Severity::warn,
             .message = "comments.txt cannot be read; check who may read it"}
        );
        return;
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    auto parsed = parse_comments(text, session);
    std::ranges::move(parsed.comments, std::back_inserter(session.comments));
    std::ranges::move(parsed.findings, std::back_inserter(session.findings));
}

/// File name of the stem that a comment in session.toml names; empty if intake left it out.
std::string file_named(Session const& session, std::string const& name, std::string const& key) {
    if (auto const stem = find_stem(session, name)) {
        return session.stems[*stem].file;
    }
    if (was_left_out(session, name)) {
        return "";
    }
    std::vector<std::string_view> allowed;
    std::ranges::transform(session.stems, std::back_inserter(allowed), &Stem::file);
    throw Failure{
        Code::invalid_session,
        fmt::format(
            "session.toml: {} is \"{}\", which no stem of this session answers to{}",
            key,
            name,
            suggestion(name, allowed)
        )}
        .about_file("session.toml")
        .about_key(key);
}

void take_session_toml(Session& session, std::vector<Comment> comments) {
    for (std::size_t i = 0; i < comments.size(); ++i) {
        auto& comment = comments[i];
        comment.stem = comment.stem.empty()
                           ? stem_named_in(comment.text, session.stems)
                           : file_named(session, comment.stem, fmt::format("comment[{}].stem", i));
        auto const whole = fmt::format("{} - {}", clock_text(comment.start_s), comment.text);
        if (comment.anchored) {
            for (auto const& doubt : anchor(comment, whole, session.duration_s())) {
                session.findings.push_back(
                    {.code = "comment",
                     .severity = doubt.severity,
                     .message = fmt::format("session.toml, comment[{}]: {}", i, doubt.message)}
                );
            }
        }
        session.comments.push_back(std::move(comment));
    }
}

} // namespace

void load_comments(Session& session, std::vector<Comment> from_toml) {
    take_session_toml(session, std::move(from_toml));
    take_comments_file(session);
    std::ranges::stable_sort(session.comments, {}, [](Comment const& comment) {
        return std::tuple{comment.anchored, comment.start_s, comment.end_s};
    });
}

} // namespace stemlathe
