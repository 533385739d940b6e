#include "service/server/settings.hpp"

#include "host/toml/table_reader.hpp"
#include "service/http/forwarded.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace stemlathe::service {

namespace {

constexpr std::int64_t kGib = std::int64_t{1} << 30U;
constexpr std::int64_t kTib_max = 1024;
constexpr Range kThreads{1.0, 1024.0};

AgentSettings::Ms seconds(double s) {
    return std::chrono::duration_cast<AgentSettings::Ms>(std::chrono::duration<double>{s});
}

void read_http(TableReader& reader, std::string const& file, HttpSettings& http) {
    if (auto const listen = reader.text("listen")) {
        set_listen(*listen, file + ": http.listen", http);
    }
    if (auto const hosts = reader.texts("hosts")) {
        http.hosts = *hosts;
    }
    for (auto const& proxy : reader.texts("trusted_proxies").value_or(std::vector<std::string>{})) {
        http.trusted_proxies.push_back(plain_address(proxy));
        if (http.trusted_proxies.back().empty()) {
            throw Failure{
                Code::invalid_argument,
                fmt::format(
                    "{}: http.trusted_proxies holds \"{}\"; it must hold addresses such as "
                    "127.0.0.1",
                    file,
                    proxy
                )}
                .about_file(file)
                .about_key("http.trusted_proxies");
        }
    }
    reader.finish();
}

void read_tls(TableReader& reader, std::string const& file, TlsFiles& tls) {
    tls.certificate = reader.text("certificate").value_or("");
    tls.key = reader.text("key").value_or("");
    if (tls.certificate.empty() != tls.key.empty()) {
        auto const* const missing = tls.key.empty() ? "key" : "certificate";
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{}: [tls] lacks {}; it must name both, each a file in PEM: certificate (the "
                "server's own, then those that vouch for it) and key",
                file,
                missing
            )}
            .about_file(file)
            .about_key(fmt::format("tls.{}", missing));
    }
    reader.finish();
}

void read_data(TableReader& reader, ServerSettings& settings) {
    if (auto const folder = reader.text("dir")) {
        settings.data = *folder;
    }
    if (auto const percent = reader.whole("keep_free_percent", {0.0, 90.0})) {
        settings.keep_free.percent = *percent;
    }
    if (auto const days = reader.whole("bin_days", {0.0, 3650.0})) {
        settings.bin = std::chrono::days{*days};
    }
    auto const most = static_cast<double>(kTib_max) * 1024.0;
    if (auto const gib = reader.whole("keep_free_gib", {0.0, most})) {
        settings.keep_free.bytes = *gib * kGib;
    }
    if (auto const gib = reader.whole("house_quota_gib", {0.0, most * 1024.0})) {
        settings.house_quota_bytes = *gib * kGib;
    }
    reader.finish();
}

void read_store(TableReader& reader, ServerSettings& settings) {
    settings.store_url = reader.text("url").value_or("");
    reader.finish();
}

void read_blobs(TableReader& reader, std::string const& file, ServerSettings& settings) {
    settings.blobs = reader.text("dir").value_or("");
    if (auto const url = reader.text("url")) {
        auto& s3 = settings.s3.emplace(s3_place(*url, file + ": blobs.url"));
        s3.endpoint = reader.text("endpoint").value_or("");
        s3.region = reader.text("region").value_or(s3.region);
        s3.credentials = reader.text("credentials").value_or("");
        constexpr double kCacheMost_gib = 1024.0 * 1024.0;
        if (auto const gib = reader.whole("cache_gib", {1.0, kCacheMost_gib})) {
            s3.cache_bytes = *gib * kGib;
        }
        if (!settings.blobs.empty()) {
            throw Failure{
                Code::invalid_argument,
                fmt::format(
                    "{}: blobs has both dir and url; files lie in a folder or in a bucket. Copies "
                    "of what lies in a bucket go below data.dir",
                    file
                )}
                .about_file(file)
                .about_key("blobs.dir");
        }
    }
    reader.finish();
}

void read_uploads(TableReader& reader, std::string const& file, ServerSettings& settings) {
    settings.uploads = reader.text("dir").value_or("");
    reader.finish();
    if (!settings.uploads.empty() && !settings.s3) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{}: uploads.dir is for files in a bucket ([blobs] url); without one, open uploads "
                "lie beside the files, where all who share those find them",
                file
            )}
            .about_file(file)
            .about_key("uploads.dir");
    }
}

void read_worker(TableReader& reader, std::string const& file, AgentSettings& agent) {
    if (auto const devices = reader.texts("devices")) {
        if (devices->empty()) {
            throw Failure{
                Code::invalid_argument,
                file + ": worker.devices is empty; name what renders, such as \"auto\", or start "
                       "serve with --no-worker"}
                .about_file(file)
                .about_key("worker.devices");
        }
        agent.devices = *devices;
    }
    if (auto const threads = reader.whole("threads", kThreads)) {
        agent.threads = static_cast<int>(*threads);
    }
    if (auto const lease_s = reader.number("lease_s", {1.0, 600.0})) {
        agent.lease = seconds(*lease_s);
        agent.heartbeat = agent.lease / 6; // as 5 s are to 30 s
        agent.silence = agent.lease * 2 / 3;
    }
    if (auto const drain_s = reader.number("drain_s", {0.0, 3600.0})) {
        agent.drain = seconds(*drain_s);
    }
    constexpr double kWaitMost_s = 30.0 * 24 * 3600;
    if (auto const wait_s = reader.number("engine_wait_s", {0.0, kWaitMost_s})) {
        agent.engine_wait = seconds(*wait_s);
    }
    reader.finish();
}

/// The requests a second that are allowed in the long run, and those at once; 0 a second turns the
/// limit off.
void read_rate(TableReader& reader, std::string const& name, RateRule& rule) {
    constexpr double kMost = 1e6;
    if (auto const per_s = reader.number(name + "_per_s", {0.0, kMost})) {
        rule.per_s = *per_s;
    }
    if (auto const burst = reader.whole(name + "_burst", {1.0, kMost})) {
        rule.burst = static_cast<double>(*burst);
    }
}

void read_limits(TableReader& reader, RateLimitSettings& rates) {
    read_rate(reader, "token", rates.token);
    read_rate(reader, "client", rates.client);
    read_rate(reader, "address", rates.address);
    reader.finish();
}

void read_profiles(TableReader& reader, std::filesystem::path& file) {
    file = reader.text("file").value_or("");
    reader.finish();
}

void read_watch(TableReader& reader, WatchFolder& watch) {
    watch.folder = reader.text("dir").value_or("");
    watch.preset = reader.text("preset").value_or("");
    reader.finish();
}

void read_webhooks(TableReader& reader, WebhookSettings& webhooks) {
    webhooks.targets.allow_http = reader.boolean("allow_http").value_or(false);
    webhooks.targets.allow_private = reader.boolean("allow_private").value_or(false);
    webhooks.key_file = reader.text("key_file").value_or("");
    if (auto const retries_s = reader.numbers("retry_s", {0.01, 7.0 * 24 * 3600})) {
        webhooks.retries.clear();
        for (auto const s : *retries_s) {
            webhooks.retries.push_back(seconds(s));
        }
    }
    if (auto const timeout_s = reader.number("timeout_s", {0.1, 60.0})) {
        webhooks.timeout = seconds(*timeout_s);
    }
    reader.finish();
}

} // namespace

void set_listen(std::string_view text, std::string_view source, HttpSettings& http) {
    auto const colon = text.rfind(':');
    std::string const port_text{colon == std::string_view::npos ? text : text.substr(colon + 1)};
    int port = -1;
    auto const* const end = port_text.data() + port_text.size();
    auto const [rest, error] = std::from_chars(port_text.data(), end, port);
    auto address = colon == std::string_view::npos ? std::string_view{} : text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    if (error != std::errc{} || rest != end || port < 0 || port > 65'535 || address.empty()) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is \"{}\"; it must be an address and a port, such as 127.0.0.1:8080 or [::1]:0",
                source,
                text
            )}
            .about_key(std::string{source});
    }
    http.address = address;
    http.port = static_cast<std::uint16_t>(port);
}

void read_config(std::filesystem::path const& file, ServerSettings& settings) {
    auto const text = read_text_file(file, Code::invalid_argument);
    auto const document = parse_toml(text, file.string(), Code::invalid_argument);
    TableReader reader{document, file.string(), "", Code::invalid_argument};
    if (auto table = reader.table("http")) {
        read_http(*table, file.string(), settings.http);
    }
    if (auto table = reader.table("tls")) {
        read_tls(*table, file.string(), settings.tls);
    }
    if (auto table = reader.table("data")) {
        read_data(*table, settings);
    }
    if (auto table = reader.table("store")) {
        read_store(*table, settings);
    }
    if (auto table = reader.table("blobs")) {
        read_blobs(*table, file.string(), settings);
    }
    if (auto table = reader.table("uploads")) {
        read_uploads(*table, file.string(), settings);
    }
    if (auto table = reader.table("worker")) {
        read_worker(*table, file.string(), settings.agent);
    }
    if (auto table = reader.table("limits")) {
        read_limits(*table, settings.rates);
    }
    if (auto table = reader.table("profiles")) {
        read_profiles(*table, settings.profiles);
    }
    if (auto table = reader.table("watch")) {
        read_watch(*table, settings.watch);
    }
    if (auto table = reader.table("webhooks")) {
        read_webhooks(*table, settings.webhooks);
    }
    reader.finish();
}

} // namespace stemlathe::service
