#include "service/api/password.hpp"

#include "kernels/base/failure.hpp"
#include "service/api/problem.hpp"

#include <sodium.h>

#include <array>
#include <atomic>

namespace stemlathe::service {

namespace {

std::atomic_flag& turn_taken() noexcept {
    static std::atomic_flag flag;
    return flag;
}

void need_sodium() {
    static bool const is_ready = sodium_init() >= 0;
    if (!is_ready) {
        throw Failure{Code::internal, "libsodium gives no random numbers"};
    }
}

} // namespace

PasswordTurn::PasswordTurn() noexcept : is_mine_{!turn_taken().test_and_set()} {}

PasswordTurn::~PasswordTurn() {
    if (is_mine_) {
        turn_taken().clear();
    }
}

std::string password_hash(std::string_view password) {
    need_sodium();
    PasswordTurn const turn;
    if (!turn.is_mine()) {
        throw Problem{
            ProblemKind::too_many_requests, "another password is being looked at; try again"}
            .retry_after(1);
    }
    std::array<char, crypto_pwhash_STRBYTES> text{};
    int const wrong = crypto_pwhash_str_alg(
        text.data(),
        password.data(),
        password.size(),
        crypto_pwhash_OPSLIMIT_INTERACTIVE,
        crypto_pwhash_MEMLIMIT_INTERACTIVE,
        crypto_pwhash_ALG_ARGON2ID13
    );
    if (wrong != 0) {
        throw Failure{Code::out_of_memory, "there is not enough memory to keep a password"};
    }
    return text.data();
}

std::optional<bool> is_password(std::string_view password, std::string const& kept) {
    need_sodium();
    PasswordTurn const turn;
    if (!turn.is_mine()) {
        return std::nullopt;
    }
    return crypto_pwhash_str_verify(kept.c_str(), password.data(), password.size()) == 0;
}

} // namespace stemlathe::service
