#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Passwords that people choose. Slow on purpose, some tenths of a second with 64 MiB each: never
/// called on the application thread, and one at a time.
namespace stemlathe::service {

/// The right to make a hash, of whoever comes first: the threads that do so could also write
/// uploads, so nobody waits for it.
class PasswordTurn {
  public:
    PasswordTurn() noexcept;
    PasswordTurn(PasswordTurn const&) = delete;
    PasswordTurn& operator=(PasswordTurn const&) = delete;
    ~PasswordTurn();

    /// false: somebody else has it
    [[nodiscard]] bool is_mine() const noexcept {
        return is_mine_;
    }

  private:
    bool is_mine_;
};

/// What the store keeps of a password: Argon2id (RFC 9106) with libsodium's interactive limits and
/// a salt of its own, in the encoded form "$argon2id$v=19$...".
/// @throws Problem{too_many_requests} another one is under way; Failure{out_of_memory}
[[nodiscard]] std::string password_hash(std::string_view password);

/// Whether it is the password that `kept` was made of; compared in constant time.
/// @returns nothing: another one is under way, and this one was not looked at
[[nodiscard]] std::optional<bool> is_password(std::string_view password, std::string const& kept);

} // namespace stemlathe::service
