#include "host/session/labels.hpp"
#include "service/client/submit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <system_error>

namespace stemlathe::service {

namespace {

constexpr std::array<std::string_view, 6> kReferenceKinds{
    ".wav", ".aif", ".aiff", ".flac", ".mp3", ".ogg"};

bool is_reference(std::filesystem::path const& file) {
    auto kind = file.extension().string();
    std::ranges::transform(kind, kind.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return std::ranges::find(kReferenceKinds, kind) != kReferenceKinds.end() &&
           !file.filename().string().starts_with(".");
}

SessionPart part(std::filesystem::path const& file, std::string role) {
    std::error_code error;
    auto const bytes = std::filesystem::file_size(file, error);
    auto const time =
        error ? std::filesystem::file_time_type{} : std::filesystem::last_write_time(file, error);
    if (error) {
        throw Failure{
            Code::unreadable, fmt::format("cannot read {}: {}", file.string(), error.message())}
            .about_file(file.string());
    }
    return {
        .file = file,
        .name = file.filename().string(),
        .role = std::move(role),
        .bytes = static_cast<std::int64_t>(bytes),
        .version = fmt::format("{}-{}", bytes, time.time_since_epoch().count())};
}

std::vector<std::filesystem::path> references_in(std::filesystem::path const& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code none; // there need not be such a folder
    for (auto const& entry : std::filesystem::directory_iterator{folder, none}) {
        if (entry.is_regular_file(none) && is_reference(entry.path())) {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    return files;
}

} // namespace

std::vector<SessionPart> parts_of(Session const& session) {
    std::vector<SessionPart> parts;
    for (auto const& stem : session.stems) {
        parts.push_back(part(stem.path, "stem"));
    }
    if (session.reference_mix) {
        parts.push_back(part(*session.reference_mix, "reference_mix"));
    }
    for (auto const& file : references_in(session.folder / "references")) {
        parts.push_back(part(file, "reference"));
    }
    return parts;
}

std::string signature_of(Session const& session, std::vector<SessionPart> const& parts) {
    auto const& info = session.info;
    std::string text = fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
        info.title,
        info.artist,
        info.album,
        info.isrc,
        info.upc,
        info.date,
        info.genre,
        info.audience,
        fmt::join(info.platforms, ",")
    );
    for (auto const& one : parts) {
        text += fmt::format("{}/{} {}\n", one.role, one.name, one.version);
    }
    for (auto const& comment : session.comments) {
        text += fmt::format(
            "{} {} {} {}\n", comment.start_s, comment.end_s, comment.stem, comment.text
        );
    }
    return text;
}

} // namespace stemlathe::service
