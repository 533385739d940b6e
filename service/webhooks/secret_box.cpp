#include "service/webhooks/secret_box.hpp"

#include "kernels/base/failure.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <vector>

namespace stemlathe::service {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kKeyIdBytes = 16; // the least that BLAKE2b gives; half of it is shown
constexpr int kBase64 = sodium_base64_VARIANT_ORIGINAL;

void ready_sodium() {
    static bool const is_ready = sodium_init() >= 0;
    if (!is_ready) {
        throw Failure{Code::internal, "libsodium gives no random numbers"};
    }
}

std::string base64_of(std::span<unsigned char const> bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), kBase64), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kBase64);
    text.resize(std::strlen(text.c_str()));
    return text;
}

std::optional<std::vector<unsigned char>> bytes_of(std::string_view text) {
    if (text.empty()) {
        return std::vector<unsigned char>{}; // libsodium wants a place also for nothing
    }
    std::vector<unsigned char> bytes(text.size());
    std::size_t count = 0;
    int const wrong = sodium_base642bin(
        bytes.data(), bytes.size(), text.data(), text.size(), "\n", &count, nullptr, kBase64
    );
    if (wrong != 0) {
        return std::nullopt;
    }
    bytes.resize(count);
    return bytes;
}

class OpenFile {
  public:
    OpenFile(std::filesystem::path const& path, int flags)
        : descriptor_{::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)} {}

    OpenFile(OpenFile const&) = delete;
    OpenFile& operator=(OpenFile const&) = delete;

    ~OpenFile() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

    [[nodiscard]] int operator*() const noexcept {
        return descriptor_;
    }

  private:
    int descriptor_;
};

[[noreturn]] void refuse_key(std::filesystem::path const& file, std::string const& why) {
    throw Failure{
        Code::invalid_argument, fmt::format("the key of webhooks, {}, {}", file.string(), why)}
        .about_file(file.string())
        .about_key("webhooks.key_file");
}

[[noreturn]] void fail_storage(std::filesystem::path const& file, int error) {
    throw Failure{
        error == ENOSPC ? Code::storage_full : Code::storage_failed,
        fmt::format(
            "the key of webhooks could not be written to {}: {}",
            file.string(),
            std::strerror(error)
        )}
        .about_file(file.string());
}

/// It appears whole or not at all, and two that begin at once have the same one.
void make_key(std::filesystem::path const& file) {
    std::array<unsigned char, crypto_secretbox_KEYBYTES> key{};
    randombytes_buf(key.data(), key.size());
    auto const text = base64_of(key) + "\n";
    auto const draft = file.string() + fmt::format(".{}", ::getpid());
    {
        OpenFile const out{draft, O_WRONLY | O_CREAT | O_TRUNC};
        auto const length = static_cast<ssize_t>(text.size());
        if (*out < 0 || ::write(*out, text.data(), text.size()) != length || ::fsync(*out) != 0) {
            fail_storage(file, errno);
        }
    }
    int const linked = ::link(draft.c_str(), file.c_str());
    int const error = errno;
    ::unlink(draft.c_str());
    if (linked != 0 && error != EEXIST) {
        fail_storage(file, error);
    }
    OpenFile const folder{
        file.has_parent_path() ? file.parent_path() : ".", O_RDONLY | O_DIRECTORY};
    if (*folder >= 0) {
        ::fsync(*folder);
    }
}

std::vector<unsigned char> read_key(std::filesystem::path const& file) {
    OpenFile const in{file, O_RDONLY};

    struct stat facts {};

    if (*in < 0 || ::fstat(*in, &facts) != 0) {
        refuse_key(file, fmt::format("could not be read: {}", std::strerror(errno)));
    }
    if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        refuse_key(file, "may be read by others; chmod 600 it");
    }
    std::array<char, 256> text{};
    auto const length = ::read(*in, text.data(), text.size());
    auto const key =
        bytes_of({text.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))});
    sodium_memzero(text.data(), text.size());
    if (!key || key->size() != crypto_secretbox_KEYBYTES) {
        refuse_key(file, "must hold 32 bytes in base64, as `openssl rand -base64 32` prints them");
    }
    return *key;
}

} // namespace

std::string new_webhook_secret() {
    ready_sodium();
    std::array<unsigned char, kSecretBytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return std::string{kPrefix} + base64_of(bytes);
}

std::string webhook_signature(
    std::string const& secret, std::string_view id, std::int64_t timestamp_s, std::string_view body
) {
    auto const key = bytes_of(std::string_view{secret}.substr(kPrefix.size()));
    if (!key) {
        throw Failure{Code::internal, "a webhook's secret is no base64"};
    }
    auto const head = fmt::format("{}.{}.", id, timestamp_s);
    crypto_auth_hmacsha256_state state{};
    crypto_auth_hmacsha256_init(&state, key->data(), key->size());
    for (auto const text : {std::string_view{head}, body}) {
        crypto_auth_hmacsha256_update(
            &state, reinterpret_cast<unsigned char const*>(text.data()), text.size()
        );
    }
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> sum{};
    crypto_auth_hmacsha256_final(&state, sum.data());
    return "v1," + base64_of(sum);
}

SecretBox::SecretBox(std::filesystem::path file) : file_{std::move(file)} {
    static_assert(kKeyBytes == crypto_secretbox_KEYBYTES);
    ready_sodium();
    if (!std::filesystem::exists(file_)) {
        make_key(file_);
    }
    auto key = read_key(file_);
    std::ranges::copy(key, key_.begin());
    sodium_memzero(key.data(), key.size());
    std::array<unsigned char, kKeyIdBytes> id{};
    crypto_generichash(id.data(), id.size(), key_.data(), key_.size(), nullptr, 0);
    for (auto const byte : std::span{id}.first(kKeyIdBytes / 2)) {
        key_id_ += fmt::format("{:02x}", byte);
    }
}

SecretBox::~SecretBox() {
    sodium_memzero(key_.data(), key_.size());
}

std::string SecretBox::seal(std::string_view secret) const {
    std::vector<unsigned char> sealed(
        crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size()
    );
    randombytes_buf(sealed.data(), crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(
        sealed.data() + crypto_secretbox_NONCEBYTES,
        reinterpret_cast<unsigned char const*>(secret.data()),
        secret.size(),
        sealed.data(),
        key_.data()
    );
    return base64_of(sealed);
}

std::optional<std::string> SecretBox::open(std::string const& sealed) const {
    constexpr std::size_t kExtra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    auto const bytes = bytes_of(sealed);
    if (!bytes || bytes->size() < kExtra) {
        return std::nullopt;
    }
    std::string secret(bytes->size() - kExtra, '\0');
    int const wrong = crypto_secretbox_open_easy(
        reinterpret_cast<unsigned char*>(secret.data()),
        bytes->data() + crypto_secretbox_NONCEBYTES,
        bytes->size() - crypto_secretbox_NONCEBYTES,
        bytes->data(),
        key_.data()
    );
    return wrong == 0 ? std::optional{std::move(secret)} : std::nullopt;
}

} // namespace stemlathe::service
