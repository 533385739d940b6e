#include "service/api/scrubs.hpp"

#include "service/api/answers.hpp"
#include "service/api/audit_note.hpp"
#include "service/api/document.hpp"

namespace stemlathe::service {

namespace {

constexpr std::int64_t kFilesMax = 1'000'000'000'000;
constexpr std::int64_t kBytesMax = 1'000'000'000'000'000'000;

} // namespace

boost::json::object scrub_json(ScrubRecord const& record) {
    return {
        {"files", record.files},
        {"bytes", record.bytes},
        {"damaged", record.damaged},
        {"finished", time_text(record.finished_ms)}};
}

Response create_scrub(Call const& call) {
    auto const body = parse_document(call.request.body);
    DocumentReader reader{body};
    for (auto const* const key : {"files", "bytes", "damaged"}) {
        reader.require(key);
    }
    ScrubRecord const done{
        .files = reader.whole("files", 0, kFilesMax).value_or(0),
        .bytes = reader.whole("bytes", 0, kBytesMax).value_or(0),
        .damaged = reader.whole("damaged", 0, kFilesMax).value_or(0)};
    reader.finish();
    auto const record = note_scrub(call.database(), done);
    auto document = scrub_json(record);
    note_action(
        call,
        {.action = "scrub.finished",
         .subject = "files",
         .client = std::string{kHouse},
         .detail = {{"files", record.files}, {"damaged", record.damaged}}}
    );
    return json_answer(201, document);
}

} // namespace stemlathe::service
