#pragma once

#include <string>
#include <string_view>

/// Passwords that people choose. Slow on purpose, some tenths of a second with 64 MiB each: never
/// called on the application thread, and one at a time.
namespace stemlathe::service {

/// What the store keeps of a password: Argon2id (RFC 9106) with libsodium's interactive limits and
/// a salt of its own, in the encoded form "$argon2id$v=19$...".
/// @throws Problem{unavailable} another one is under way; Failure{out_of_memory}
[[nodiscard]] std::string password_hash(std::string_view password);

/// Whether it is the password that `kept` was made of; compared in constant time.
/// @throws Problem{unavailable} another one is under way
[[nodiscard]] bool is_password(std::string_view password, std::string const& kept);

} // namespace stemlathe::service
