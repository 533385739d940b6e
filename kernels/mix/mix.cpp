#include "kernels/mix/mix.hpp"

#include "kernels/base/failure.hpp"

#include <string>

namespace stemlathe {

void check_settings(MixSettings const& settings) {
    if (settings.inputs < 1 || settings.inputs > kMixInputsMax) {
        throw Failure{
            Code::invalid_plan,
            "a mix of " + std::to_string(settings.inputs) +
                " inputs cannot be made; it must have 1 to 64"};
    }
}

} // namespace stemlathe
