#include "service/uploads/upload_wish.hpp"

#include "service/api/filename.hpp"
#include "service/api/problem.hpp"
#include "service/store/ids.hpp"
#include "service/uploads/tus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace stemlathe::service {

namespace {

using Metadata = std::map<std::string, std::string, std::less<>>;

constexpr std::array<std::string_view, 4> kRoles{
    "stem", "reference_mix", "reference", "attachment"};

[[noreturn]] void refuse(std::string detail) {
    throw Problem{ProblemKind::bad_request, std::move(detail)};
}

std::string const& needed(Metadata const& metadata, std::string_view key) {
    auto const found = metadata.find(key);
    if (found == metadata.end() || found->second.empty()) {
        refuse(fmt::format("Upload-Metadata must have {}", key));
    }
    return found->second;
}

/// 64 hexadecimal digits in either case, or the 32 bytes themselves; in lower case.
std::string digest_in(std::string const& text) {
    std::string digest;
    bool const is_binary = text.size() == 32;
    for (unsigned char const letter : text) {
        digest += is_binary ? fmt::format("{:02x}", letter)
                            : std::string(1, static_cast<char>(std::tolower(letter)));
    }
    bool const is_digest =
        digest.size() == 64 && std::ranges::all_of(digest, [](char letter) {
            return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
        });
    if (!is_digest) {
        refuse("Upload-Metadata: sha256 must be the file's SHA-256 as 64 hexadecimal digits");
    }
    return digest;
}

void check_stem_count(Call const& call, Upload const& upload) {
    auto const names = call.database().query(
        "SELECT count(*) AS names FROM (SELECT filename FROM stem WHERE session=$1 AND "
        "kind='stem' AND deleted IS NULL UNION SELECT filename FROM upload WHERE session=$1 AND "
        "role='stem' AND state='receiving') AS taken WHERE filename<>$2",
        {*upload.session, *upload.filename}
    );
    if (names.front().integer("names") >= call.services.limits.stems_max) {
        throw Problem{
            ProblemKind::conflict,
            fmt::format(
                "the session has the {} stems that it may have", call.services.limits.stems_max
            )};
    }
}

/// Where the file goes: session, role and name, of a session that the caller sees.
void read_place(Call const& call, Metadata const& metadata, Upload& upload) {
    upload.session = needed(metadata, "session");
    upload.role = metadata.contains("role") ? metadata.find("role")->second : "stem";
    upload.filename = needed(metadata, "filename");
    if (std::ranges::find(kRoles, *upload.role) == kRoles.end()) {
        refuse("Upload-Metadata: role must be stem, reference_mix, reference or attachment");
    }
    if (!is_plain_filename(*upload.filename)) {
        refuse("Upload-Metadata: filename must be a plain file name without a folder");
    }
    if (auto const found = metadata.find("sha256"); found != metadata.end()) {
        upload.sha256 = digest_in(found->second);
    }
    auto const sessions = call.database().query(
        "SELECT id, tenant FROM session WHERE id=$1 AND deleted IS NULL", {*upload.session}
    );
    if (sessions.empty() || !call.who.sees_tenant(sessions.front().text("tenant"))) {
        throw Problem{ProblemKind::not_found, "there is no such session"};
    }
    upload.tenant = sessions.front().text("tenant");
    if (*upload.role == "stem") {
        check_stem_count(call, upload);
    }
}

/// Only what belongs to the same client, or to whoever asks, may become part of his file.
std::int64_t part_bytes(Call const& call, Upload const& upload, std::string const& id) {
    auto const part = find_upload(call.database(), id);
    bool const is_ours = part && (part->tenant == upload.tenant || part->tenant == call.who.tenant);
    if (!is_ours || part->kind != "partial") {
        throw Problem{ProblemKind::not_found, fmt::format("there is no partial upload {}", id)};
    }
    if (part->state == "receiving" && !part->is_late) {
        throw Problem{ProblemKind::conflict, fmt::format("the upload {} is not complete", id)};
    }
    if (part->state != "complete") {
        throw Problem{ProblemKind::gone, fmt::format("the upload {} is gone", id)};
    }
    return part->bytes;
}

/// A part that comes twice counts twice: it takes its bytes twice.
void add_parts(Call const& call, std::vector<std::string> const& parts, UploadWish& wish) {
    std::set<std::string> seen;
    for (auto const& id : parts) {
        auto const bytes = part_bytes(call, wish.upload, id);
        wish.upload.bytes += bytes;
        bool const is_same_purse = find_upload(call.database(), id)->tenant == wish.upload.tenant;
        wish.freed += seen.insert(id).second && is_same_purse ? bytes : 0;
    }
}

void check_final_fields(Request const& request) {
    if (!request.field("upload-length").empty() || request.body_bytes > 0) {
        refuse("a final upload has neither Upload-Length nor a body: its parts are all of it");
    }
}

} // namespace

UploadWish read_upload_wish(Call const& call) {
    auto const& request = call.request;
    auto const concat = parse_concat(request.field("upload-concat"));
    auto const metadata = parse_metadata(request.field("upload-metadata"));
    UploadWish wish;
    auto& upload = wish.upload;
    upload.id = make_id("upl");
    upload.kind = concat.kind;
    upload.tenant = call.who.tenant;
    upload.metadata = request.field("upload-metadata");
    if (concat.kind != "whole") {
        upload.concat = request.field("upload-concat");
    }
    if (concat.kind == "partial") {
        upload.bytes = whole_field(request, "upload-length");
    } else {
        read_place(call, metadata, upload);
        if (concat.kind == "final") {
            check_final_fields(request);
            add_parts(call, concat.parts, wish);
        } else {
            upload.bytes = whole_field(request, "upload-length");
        }
    }
    auto const most = call.services.limits.upload_bytes_max;
    if (upload.bytes > most || request.body_bytes > upload.bytes) {
        throw Problem{
            ProblemKind::too_large,
            upload.bytes > most ? fmt::format("an upload may have {} bytes at most", most)
                                : "the body is longer than Upload-Length says"};
    }
    return wish;
}

} // namespace stemlathe::service
