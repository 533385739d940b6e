#include "service/client/http_client.hpp"

#include "host/version.hpp"
#include "kernels/base/failure.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <exception>

namespace stemlathe::service {

namespace {

constexpr long kConnect_s = 10;
constexpr std::size_t kBodyBytesMax = std::size_t{64} << 20U;

/// libcurl's own set-up, once in a process.
void prepare_curl() {
    struct Curl {
        Curl() {
            curl_global_init(CURL_GLOBAL_DEFAULT);
        }

        ~Curl() {
            curl_global_cleanup();
        }
    };

    static Curl const curl;
}

struct EndHandle {
    void operator()(CURL* handle) const noexcept {
        curl_easy_cleanup(handle);
    }
};

struct EndList {
    void operator()(curl_slist* list) const noexcept {
        curl_slist_free_all(list);
    }
};

/// A call on its way, as libcurl's callbacks see it. They may not throw: what goes wrong is kept.
struct Exchange {
    HttpCall const& call;
    std::stop_token const& stop;
    HttpReply reply{};
    std::size_t read_bytes = 0; ///< of the body that is sent
    std::exception_ptr failure{};
};

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    auto const first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::size_t take_field(char* text, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    std::string_view const line{text, size * count};
    if (line.starts_with("HTTP/")) { // a new answer; what came before was a 100
        exchange.reply.fields.clear();
        auto const space = line.find(' ');
        exchange.reply.status = space != std::string_view::npos
                                    ? std::atoi(std::string{line.substr(space)}.c_str())
                                    : 0;
    } else if (auto const colon = line.find(':'); colon != std::string_view::npos) {
        std::string name{line.substr(0, colon)};
        std::ranges::transform(name, name.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        exchange.reply.fields[name] = trimmed(line.substr(colon + 1));
    }
    return line.size();
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    auto const length = size * count;
    try {
        if (exchange.call.take && exchange.reply.is_success()) {
            exchange.call.take(exchange.reply, std::as_bytes(std::span{bytes, length}));
            return length;
        }
        if (exchange.reply.body.size() + length > kBodyBytesMax) {
            throw NetworkFailure{"the answer is larger than any that is expected"};
        }
        exchange.reply.body.append(bytes, length);
        return length;
    } catch (...) {
        exchange.failure = std::current_exception();
        return length + 1; // not what came: libcurl ends the transfer
    }
}

std::size_t give_body(char* into, std::size_t size, std::size_t count, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    auto const& body = *exchange.call.body;
    auto const length = std::min(size * count, body.size() - exchange.read_bytes);
    std::memcpy(into, body.data() + exchange.read_bytes, length);
    exchange.read_bytes += length;
    return length;
}

/// For the case that a kept connection turns out to be dead and the body must be sent anew.
int seek_body(void* user, curl_off_t offset, int origin) {
    if (origin != SEEK_SET) {
        return CURL_SEEKFUNC_CANTSEEK;
    }
    static_cast<Exchange*>(user)->read_bytes = static_cast<std::size_t>(offset);
    return CURL_SEEKFUNC_OK;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (exchange.stop.stop_requested()) {
        return 1;
    }
    try {
        if (exchange.call.sent && sent > 0) {
            exchange.call.sent(sent);
        }
    } catch (...) {
        exchange.failure = std::current_exception();
        return 1;
    }
    return 0;
}

} // namespace

struct HttpClient::Connection {
    std::unique_ptr<CURL, EndHandle> handle{curl_easy_init()};
};

std::string_view HttpReply::field(std::string_view name) const {
    auto const found = fields.find(name);
    return found != fields.end() ? std::string_view{found->second} : std::string_view{};
}

namespace {

void set_up_trust(CURL* handle, ServerTrust const& trust) {
    if (auto const* const authorities = std::getenv("SSL_CERT_FILE")) { // as OpenSSL names it
        curl_easy_setopt(handle, CURLOPT_CAINFO, authorities);
    }
    if (!trust.authorities.empty()) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, trust.authorities.c_str());
    }
    if (trust.key_pin) {
        curl_easy_setopt(handle, CURLOPT_PINNEDPUBLICKEY, trust.key_pin().c_str());
        curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

bool is_about_certificates(CURLcode result) noexcept {
    return result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE ||
           result == CURLE_SSL_ISSUER_ERROR || result == CURLE_SSL_PINNEDPUBKEYNOTMATCH;
}

void set_up(CURL* handle, Exchange& exchange, std::chrono::seconds silence) {
    auto const& call = exchange.call;
    curl_easy_reset(handle); // options only: the connection stays
    curl_easy_setopt(handle, CURLOPT_URL, call.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, fmt::format("stemlathe/{}", kVersion).c_str());
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnect_s);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(silence.count()));
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_field);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
    if (call.method == "HEAD") {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    } else if (call.body) {
        auto const size = static_cast<curl_off_t>(call.body->size());
        curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, size);
        curl_easy_setopt(handle, CURLOPT_READFUNCTION, give_body);
        curl_easy_setopt(handle, CURLOPT_READDATA, &exchange);
        curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek_body);
        curl_easy_setopt(handle, CURLOPT_SEEKDATA, &exchange);
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call.method.c_str());
    } else {
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call.method.c_str());
    }
}

} // namespace

HttpClient::HttpClient(std::stop_token stop, std::chrono::seconds silence, ServerTrust trust)
    : stop_(std::move(stop)), silence_(silence), trust_(std::move(trust)) {
    prepare_curl();
    connection_ = std::make_unique<Connection>();
    if (!connection_->handle) {
        throw Failure{Code::out_of_memory, "this machine's memory is full"};
    }
}

HttpClient::~HttpClient() = default;

HttpReply HttpClient::send(HttpCall const& call) {
    auto* const handle = connection_->handle.get();
    Exchange exchange{.call = call, .stop = stop_};
    set_up(handle, exchange, silence_);
    set_up_trust(handle, trust_);
    std::array<char, CURL_ERROR_SIZE> words{};
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, words.data());
    // Without "Expect" a body is not held back for a second where a server does not know it.
    std::unique_ptr<curl_slist, EndList> fields{curl_slist_append(nullptr, "Expect:")};
    for (auto const& [name, value] : call.fields) {
        static_cast<void>(curl_slist_append(fields.get(), (name + ": " + value).c_str()));
    }
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields.get());
    auto const result = curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
    if (exchange.failure) {
        std::rethrow_exception(exchange.failure);
    }
    if (result == CURLE_ABORTED_BY_CALLBACK) {
        throw Failure{Code::cancelled, "stopped on request"};
    }
    // A refusal counts, also where the server hung up on the rest of our body.
    bool const was_refused = result == CURLE_SEND_ERROR && exchange.reply.status >= 400;
    if (is_about_certificates(result)) {
        throw CertificateFailure{words[0] != '\0' ? words.data() : curl_easy_strerror(result)};
    }
    if (result != CURLE_OK && !was_refused) {
        throw NetworkFailure{curl_easy_strerror(result)};
    }
    return std::move(exchange.reply);
}

} // namespace stemlathe::service
