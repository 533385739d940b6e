#include "kernels/base/failure.hpp"

#include <array>
#include <utility>

namespace stemlathe {

namespace {

struct CodeRow {
    Code code;
    std::string_view name;
    bool retryable;
};

constexpr std::array<CodeRow, 14> kCodes{{
    {Code::invalid_argument, "invalid_argument", false},
    {Code::invalid_session, "invalid_session", false},
    {Code::invalid_plan, "invalid_plan", false},
    {Code::not_found, "not_found", false},
    {Code::unreadable, "unreadable", false},
    {Code::not_a_number, "not_a_number", false},
    {Code::intake_refused, "intake_refused", false},
    {Code::no_device, "no_device", false},
    {Code::device_lost, "device_lost", true},
    {Code::out_of_memory, "out_of_memory", true},
    {Code::storage_full, "storage_full", true},
    {Code::storage_failed, "storage_failed", true},
    {Code::cancelled, "cancelled", false},
    {Code::internal, "internal", false},
}};

CodeRow const& row_of(Code code) noexcept {
    for (CodeRow const& row : kCodes) {
        if (row.code == code) {
            return row;
        }
    }
    return kCodes.back();
}

} // namespace

std::string_view name_of(Code code) noexcept {
    return row_of(code).name;
}

bool is_retryable(Code code) noexcept {
    return row_of(code).retryable;
}

Failure::Failure(Code code, std::string const& sentence, std::source_location where)
    : std::runtime_error(sentence), code_(code), where_(where) {}

Failure& Failure::about_file(std::string file) & {
    file_ = std::move(file);
    return *this;
}

Failure&& Failure::about_file(std::string file) && {
    file_ = std::move(file);
    return std::move(*this);
}

Failure& Failure::about_key(std::string key) & {
    key_ = std::move(key);
    return *this;
}

Failure&& Failure::about_key(std::string key) && {
    key_ = std::move(key);
    return std::move(*this);
}

} // namespace stemlathe
