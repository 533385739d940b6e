#include "service/api/audit_api.hpp"

#include "service/api/answers.hpp"
#include "service/audit/log_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace stemlathe::service {

namespace {

std::int64_t seq_in(std::string const& after) {
    std::int64_t seq = 0;
    auto const* const end = after.data() + after.size();
    auto const [rest, error] = std::from_chars(after.data(), end, seq);
    if (!after.empty() && (error != std::errc{} || rest != end || seq < 0)) {
        throw Problem{
            ProblemKind::bad_request,
            fmt::format("after is \"{}\"; it must be the `next` of a page of this list", after)};
    }
    return seq;
}

} // namespace

boost::json::object audit_json(AuditEntry const& entry) {
    return {
        {"id", std::to_string(entry.seq)},
        {"at", time_text(entry.at_ms)},
        {"at_ms", entry.at_ms},
        {"actor", entry.actor},
        {"name", entry.name},
        {"role", entry.role},
        {"client", entry.client},
        {"peer", entry.peer},
        {"request", entry.request},
        {"action", entry.action},
        {"subject", entry.subject},
        {"detail", entry.detail}, // the text that was hashed
        {"prev_hash", entry.prev_hash},
        {"hash", entry.hash}};
}

Response list_audit(Call const& call) {
    auto const page = page_of(call);
    auto const entries = audit_after(
        call.database(),
        seq_in(page.after),
        page.limit + 1,
        {.since_ms = updated_since(call),
         .action = call.request.query_value("action").value_or(""),
         .client = call.request.query_value("client").value_or("")}
    );
    auto const limit = static_cast<std::size_t>(page.limit);
    boost::json::array items;
    for (std::size_t i = 0; i < std::min(entries.size(), limit); ++i) {
        items.push_back(audit_json(entries[i]));
    }
    auto const next = entries.size() > limit ? items.back().at("id") : boost::json::value{};
    return list_document(page, std::move(items), next);
}

Response show_audit_head(Call const& call) {
    auto const head = audit_head(call.database());
    return json_answer(200, {{"entries", head.seq}, {"hash", head.hash}, {"head", text_of(head)}});
}

} // namespace stemlathe::service
