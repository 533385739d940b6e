#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

/// Start-time fair queueing (Goyal, Vin & Cheng, SIGCOMM 1996): a job starts, in virtual time, at
/// max(V, its flow's last end) and ends cost / weight later, the lowest start runs next (of equal
/// ones the more urgent class, then the first to end), and V is the start of the job that was
/// started last. So the first job of whoever had none waiting is next, whatever it costs and
/// whoever else waits. A flow is one client's jobs of one class, so his own bulk does not delay his
/// previews.
namespace stemlathe::service {

/// Of preview, normal, bulk; 0 for any other word.
[[nodiscard]] constexpr std::int64_t class_weight(std::string_view klass) noexcept {
    return klass == "preview" ? 16 : klass == "normal" ? 4 : klass == "bulk" ? 1 : 0;
}

/// How far a job moves its flow's tag. A client's weight is 100 unless the house says otherwise.
[[nodiscard]] constexpr std::int64_t
virtual_step(std::int64_t cost_ms, std::int64_t tenant_weight, std::int64_t weight) noexcept {
    constexpr std::int64_t kScale = 1'600; // a normal preview's step is its cost
    return std::max<std::int64_t>(cost_ms * kScale / (tenant_weight * weight), 1);
}

static_assert(virtual_step(1'000, 100, class_weight("preview")) == 1'000);
static_assert(virtual_step(1'000, 100, class_weight("bulk")) == 16'000);
static_assert(virtual_step(1'000, 200, class_weight("normal")) == 2'000);

} // namespace stemlathe::service
