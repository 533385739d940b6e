#pragma once

#include "service/doctor/check.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Private to service/doctor: one function for each thing that is looked at, and the judgements
/// apart from the measurements, so that tests can give them any machine.
namespace stemlathe::service {

[[nodiscard]] Check check_threads();
[[nodiscard]] Check check_memory();
/// The processor first, then every card, usable or not.
[[nodiscard]] std::vector<Check> check_devices();

[[nodiscard]] Check check_data_folder(std::filesystem::path const& data);
[[nodiscard]] Check check_free_space(std::filesystem::path const& data);
[[nodiscard]] Check check_sync(std::filesystem::path const& data);

[[nodiscard]] Check check_sqlite();
[[nodiscard]] Check check_seccomp();
[[nodiscard]] Check check_landlock();
[[nodiscard]] Check check_open_files();
[[nodiscard]] Check check_clock();
[[nodiscard]] Check check_decoder();

[[nodiscard]] Check check_port(std::string const& listen);
/// @throws Failure as Certificate
[[nodiscard]] Check check_certificate(TlsFiles const& files);

[[nodiscard]] Check judge_memory(std::int64_t bytes);
[[nodiscard]] Check judge_file_system(std::uint32_t type, std::string const& folder);
[[nodiscard]] Check judge_free_space(std::int64_t free_bytes, std::int64_t all_bytes);
/// @param median_ms  of small synced writes
[[nodiscard]] Check judge_sync(double median_ms);
/// @param version  as sqlite3_libversion_number gives it, 3040001
[[nodiscard]] Check judge_sqlite(int version);
[[nodiscard]] Check judge_open_files(std::uint64_t hard_limit);
/// @param now_s, made_s  seconds since 1970: now, and when this program was made
[[nodiscard]] Check judge_clock(std::int64_t now_s, std::int64_t made_s, bool is_synchronised);

/// @param now_s  seconds since 1970
[[nodiscard]] Check judge_certificate(CertificateFacts const& facts, std::int64_t now_s);

} // namespace stemlathe::service
