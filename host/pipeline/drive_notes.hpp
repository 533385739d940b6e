#pragma once

#include "host/model/profile.hpp"
#include "host/pipeline/drive.hpp"
#include "host/report/report.hpp"

namespace stemlathe {

/// Says in sentences what was given up for what, and adds the failure `loudness_budget` where the
/// gain-reduction budget kept a delivery from its target.
void explain_drive(Drive const& drive, DeliveryProfile const& profile, DeliveryReport& report);

} // namespace stemlathe
