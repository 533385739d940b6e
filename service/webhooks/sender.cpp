#include "service/webhooks/sender.hpp"

#include "host/version.hpp"
#include "kernels/base/failure.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <list>

namespace stemlathe::service {

namespace {

constexpr std::size_t kAnswerBytes_max = std::size_t{64} << 10U;

/// libcurl's own set-up, once in a process.
void prepare_curl() {
    static CURLcode const ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) {
        throw Failure{Code::internal, "libcurl cannot be used"};
    }
}

struct EndMulti {
    void operator()(CURLM* multi) const noexcept {
        curl_multi_cleanup(multi);
    }
};

struct EndEasy {
    void operator()(CURL* easy) const noexcept {
        curl_easy_cleanup(easy);
    }
};

struct EndList {
    void operator()(curl_slist* list) const noexcept {
        curl_slist_free_all(list);
    }
};

} // namespace

/// A request on its way, as libcurl's callbacks see it. They may not throw.
struct Sender::Transfer {
    Post post{};
    TargetRules rules{};
    std::unique_ptr<CURL, EndEasy> easy{curl_easy_init()};
    std::unique_ptr<curl_slist, EndList> fields{};
    std::string_view forbidden{}; ///< what the last address was that nothing may be sent to
    std::size_t read_bytes = 0;   ///< of the answer

    static curl_socket_t
    open_socket(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) noexcept {
        auto& transfer = *static_cast<Transfer*>(user);
        auto const kind = forbidden_kind(address->addr, transfer.rules);
        if (!kind.empty()) {
            transfer.forbidden = kind;
            return CURL_SOCKET_BAD;
        }
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }

    static std::size_t
    count_bytes(char* /*bytes*/, std::size_t size, std::size_t count, void* user) noexcept {
        auto& transfer = *static_cast<Transfer*>(user);
        auto const length = size * count;
        transfer.read_bytes += length;
        return transfer.read_bytes > kAnswerBytes_max ? 0 : length; // 0: libcurl ends it
    }

    [[nodiscard]] Attempted ended(CURLcode result, std::chrono::milliseconds timeout) const {
        long status = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
        bool const is_cut = result == CURLE_WRITE_ERROR && read_bytes > kAnswerBytes_max;
        if (result == CURLE_OK || is_cut) {
            bool const has_arrived = status >= 200 && status < 300;
            bool const leads_away = status >= 300 && status < 400;
            return {
                .status = static_cast<int>(status),
                .error = has_arrived ? ""
                         : leads_away
                             ? fmt::format(
                                   "the receiver answered {}; redirections are not followed, "
                                   "give the webhook the new address",
                                   status
                               )
                             : fmt::format("the receiver answered {}", status)};
        }
        if (result == CURLE_COULDNT_CONNECT && !forbidden.empty()) {
            return {
                .error = fmt::format(
                    "the name leads to {}; webhooks are sent to public addresses (the house may "
                    "allow its own with [webhooks] allow_private)",
                    forbidden
                )};
        }
        if (result == CURLE_OPERATION_TIMEDOUT) {
            return {.error = fmt::format("no whole answer came within {} ms", timeout.count())};
        }
        return {.error = fmt::format("no answer came: {}", curl_easy_strerror(result))};
    }
};

struct Sender::State {
    TargetRules rules{};
    std::chrono::milliseconds timeout{};
    std::unique_ptr<CURLM, EndMulti> multi{curl_multi_init()};
    std::list<Transfer> transfers{};

    void set_up(Transfer& transfer) const {
        auto* const easy = transfer.easy.get();
        auto const set = [easy](auto option, auto value) {
            if (curl_easy_setopt(easy, option, value) != CURLE_OK) {
                throw Failure{
                    Code::internal,
                    fmt::format("libcurl does not know its option {}", static_cast<int>(option))};
            }
        };
        set(CURLOPT_URL, transfer.post.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, rules.allow_http ? "http,https" : "https");
        set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_PROXY, ""); // also where the environment names one: it would connect for us
        set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
        set(CURLOPT_OPENSOCKETDATA, &transfer);
        set(CURLOPT_WRITEFUNCTION, &Transfer::count_bytes);
        set(CURLOPT_WRITEDATA, &transfer);
        set(CURLOPT_HEADERFUNCTION, &Transfer::count_bytes);
        set(CURLOPT_HEADERDATA, &transfer);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
        set(CURLOPT_USERAGENT, fmt::format("stemlathe/{}", kVersion).c_str());
        if (auto const* const authorities = std::getenv("SSL_CERT_FILE")) { // as OpenSSL names it
            set(CURLOPT_CAINFO, authorities);
        }
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.post.body.size()));
        set(CURLOPT_POSTFIELDS, transfer.post.body.data());
        set(CURLOPT_PRIVATE, &transfer);
        transfer.fields.reset(curl_slist_append(nullptr, "Expect:"));
        for (auto const& [name, value] : transfer.post.fields) {
            static_cast<void>(
                curl_slist_append(transfer.fields.get(), fmt::format("{}: {}", name, value).c_str())
            );
        }
        set(CURLOPT_HTTPHEADER, transfer.fields.get());
    }
};

Sender::Sender(TargetRules const& rules, std::chrono::milliseconds timeout) {
    prepare_curl();
    state_ = std::make_unique<State>();
    state_->rules = rules;
    state_->timeout = timeout;
    if (!state_->multi) {
        throw Failure{Code::out_of_memory, "this machine's memory is full"};
    }
}

Sender::~Sender() {
    for (auto& transfer : state_->transfers) {
        curl_multi_remove_handle(state_->multi.get(), transfer.easy.get());
    }
}

void Sender::begin(Post post) {
    auto& transfer = state_->transfers.emplace_back();
    transfer.post = std::move(post);
    transfer.rules = state_->rules;
    if (!transfer.easy) {
        state_->transfers.pop_back();
        throw Failure{Code::out_of_memory, "this machine's memory is full"};
    }
    state_->set_up(transfer);
    curl_multi_add_handle(state_->multi.get(), transfer.easy.get());
}

std::vector<Posted> Sender::run(std::chrono::milliseconds at_most) {
    auto* const multi = state_->multi.get();
    int running = 0;
    curl_multi_perform(multi, &running);
    std::vector<Posted> ended;
    auto const collect = [&] {
        int left = 0;
        while (auto const* const message = curl_multi_info_read(multi, &left)) {
            auto const result = message->data.result;
            auto* const easy = message->easy_handle;
            auto const transfer = std::ranges::find_if(state_->transfers, [&](Transfer const& one) {
                return one.easy.get() == easy;
            });
            ended.push_back(
                {.id = transfer->post.id, .attempted = transfer->ended(result, state_->timeout)}
            );
            curl_multi_remove_handle(multi, easy);
            state_->transfers.erase(transfer);
        }
    };
    collect();
    if (ended.empty()) {
        curl_multi_poll(multi, nullptr, 0, static_cast<int>(at_most.count()), nullptr);
        curl_multi_perform(multi, &running);
        collect();
    }
    return ended;
}

std::size_t Sender::running() const noexcept {
    return state_->transfers.size();
}

void Sender::wake() noexcept {
    curl_multi_wakeup(state_->multi.get());
}

} // namespace stemlathe::service
