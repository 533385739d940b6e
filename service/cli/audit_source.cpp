#include "service/cli/audit_source.hpp"

#include "kernels/base/failure.hpp"
#include "service/audit/log_table.hpp"
#include "service/client/documents.hpp"
#include "service/server/settings.hpp"
#include "service/store/open_store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <charconv>
#include <fstream>

namespace stemlathe::service {

namespace {

/// A whole number, however it came: "17" or 17. 0 where it is none, which no entry's number is.
std::int64_t whole_in(boost::json::object const& document, std::string_view key) {
    auto const* const value = document.if_contains(key);
    std::int64_t number = 0;
    if (value != nullptr && value->is_int64()) {
        number = value->get_int64();
    } else if (auto const text = text_in(document, key); !text.empty()) {
        std::from_chars(text.data(), text.data() + text.size(), number);
    }
    return number;
}

/// What is missing stays empty: then the entry does not have its hash.
AuditEntry entry_in(boost::json::object const& document) {
    return {
        .seq = whole_in(document, "id"),
        .at_ms = whole_in(document, "at_ms"),
        .actor = text_in(document, "actor"),
        .name = text_in(document, "name"),
        .role = text_in(document, "role"),
        .client = text_in(document, "client"),
        .peer = text_in(document, "peer"),
        .request = text_in(document, "request"),
        .action = text_in(document, "action"),
        .subject = text_in(document, "subject"),
        .detail = text_in(document, "detail"),
        .prev_hash = text_in(document, "prev_hash"),
        .hash = text_in(document, "hash")};
}

void each_in_file(std::string const& file, std::function<void(AuditEntry const&)> const& work) {
    std::ifstream lines{file};
    if (!lines) {
        throw Failure{Code::not_found, fmt::format("{} cannot be read", file)}.about_file(file);
    }
    std::int64_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        boost::json::error_code error;
        auto const value = boost::json::parse(line, error);
        if (error || !value.is_object()) {
            throw Failure{
                Code::unreadable,
                fmt::format(
                    "{}: line {} is no entry of an audit log; export it again with stemlathe audit "
                    "export",
                    file,
                    number
                )}
                .about_file(file);
        }
        work(entry_in(value.get_object()));
    }
    if (lines.bad()) {
        throw Failure{Code::storage_failed, fmt::format("{} cannot be read to its end", file)}
            .about_file(file);
    }
}

void each_of_service(
    RemoteOptions const& options,
    std::stop_token const& stop,
    std::function<void(AuditEntry const&)> const& work
) {
    ProgressLine progress{options.quiet};
    Remote remote{options.settings("audit", progress), stop};
    std::string after;
    do {
        auto const page =
            remote.get("/v1/audit?limit=200" + (after.empty() ? std::string{} : "&after=" + after));
        for (auto const& item : objects_in(page, "items")) {
            work(entry_in(item));
        }
        after = text_in(page, "next");
    } while (!after.empty());
}

bool asks_a_service(AuditSource const& source) {
    return source.data.empty() && source.config.empty();
}

ServerSettings settings_of(AuditSource const& source) {
    ServerSettings settings;
    if (!source.config.empty()) {
        read_config(source.config, settings);
    }
    if (!source.data.empty()) {
        settings.data = source.data;
    }
    return settings;
}

} // namespace

void AuditSource::each(
    std::stop_token const& stop, std::function<void(AuditEntry const&)> const& take
) const {
    auto const work = [&](AuditEntry const& entry) {
        if (stop.stop_requested()) {
            throw Failure{Code::cancelled, "interrupted before the log's end"};
        }
        take(entry);
    };
    if (!file.empty()) {
        each_in_file(file, work);
    } else if (asks_a_service(*this)) {
        each_of_service(remote, stop, work);
    } else {
        auto const settings = settings_of(*this);
        auto const database = open_existing(settings.data, settings.store_url);
        each_audit_entry(*database, work);
    }
}

std::string AuditSource::name() const {
    if (!file.empty()) {
        return file;
    }
    if (!asks_a_service(*this)) {
        auto const settings = settings_of(*this);
        return settings.store_url.empty() ? settings.data.string() : "the PostgreSQL of " + config;
    }
    ProgressLine progress{true};
    return remote.settings("audit", progress).server;
}

} // namespace stemlathe::service
