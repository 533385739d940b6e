#include "host/intake/block_checks.hpp"
#include "host/intake/checks/checks.hpp"
#include "host/intake/origin/origin_checks.hpp"
#include "host/intake/stem_check.hpp"

#include <utility>

namespace stemlathe {

namespace {

/// Those that work in blocks share the figures of each block.
std::unique_ptr<StemCheck> make_block_checks(Stem const& stem) {
    std::vector<std::unique_ptr<BlockCheck>> checks;
    checks.push_back(intake::make_level_check(stem));
    checks.push_back(intake::make_noise_check(stem));
    checks.push_back(intake::make_hum_check(stem));
    checks.push_back(intake::make_flat_tops_check(stem));
    checks.push_back(intake::make_bus_limited_check(stem));
    checks.push_back(intake::make_dead_channel_check(stem));
    checks.push_back(intake::make_mono_as_stereo_check(stem));
    checks.push_back(intake::make_correlation_check(stem));
    checks.push_back(intake::make_dc_offset_check(stem));
    checks.push_back(intake::make_dropout_check(stem));
    checks.push_back(intake::make_repeated_buffer_check(stem));
    checks.push_back(intake::make_edges_check(stem));
    if (stem.media.is_float) {
        checks.push_back(intake::make_over_full_scale_check(stem));
        checks.push_back(intake::make_denormals_check(stem));
    }
    return std::make_unique<BlockChecks>(stem, std::move(checks));
}

} // namespace

std::vector<std::unique_ptr<StemCheck>> make_stem_checks(Stem const& stem) {
    std::vector<std::unique_ptr<StemCheck>> checks;
    checks.push_back(make_block_checks(stem));
    checks.push_back(intake::make_bit_depth_check(stem));
    checks.push_back(intake::make_spectral_origin_check(stem));
    return checks;
}

std::vector<std::unique_ptr<StemCheck>> make_reference_checks(Stem const& reference) {
    std::vector<std::unique_ptr<BlockCheck>> in_blocks;
    in_blocks.push_back(intake::make_reference_limited_check(reference));
    std::vector<std::unique_ptr<StemCheck>> checks;
    checks.push_back(std::make_unique<BlockChecks>(reference, std::move(in_blocks)));
    return checks;
}

} // namespace stemlathe
