#pragma once

#include "host/model/plan.hpp"
#include "host/toml/table_reader.hpp"

namespace stemlathe {

/// Reads what a `[[delivery]]` of a plan and a `[[profile]]` of profiles.toml have in common:
/// everything but what they are called. Does not finish the reader.
/// @throws Failure with the reader's code that names key, value and range
void read_delivery_fields(TableReader& reader, DeliveryPlan& delivery);

/// `limiter = {...}`, "auto" or "off".
[[nodiscard]] Choice<LimiterPlan> read_limiter(TableReader& reader);

} // namespace stemlathe
