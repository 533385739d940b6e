#pragma once

/// Whether decoders were locked in, for whoever tells people.
namespace stemlathe {

/// True once a decoder of this process has run without its jail, which only happens where the
/// system has no seccomp and STEMLATHE_ALLOW_UNSANDBOXED_DECODERS=1 allows it.
[[nodiscard]] bool has_unsandboxed_decoder() noexcept;

} // namespace stemlathe
