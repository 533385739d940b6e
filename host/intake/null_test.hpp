#pragma once

#include "host/intake/null_reading.hpp"
#include "host/intake/product_blocks.hpp"
#include "host/intake/shifted_source.hpp"
#include "host/intake/stem_intake.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// What the null test found.
struct NullOutcome {
    std::optional<NullReading> reading = std::nullopt; ///< nullopt: there was nothing to compare
    std::vector<Finding> findings{};
    bool time_reference_is_wrong = false; ///< the stems fit without their files' time references
};

/// The sum of the stems against the artist's reference mix: where, how loud, which way round, and
/// what is left. It looks on while the stems are decoded for other reasons; only where something is
/// wrong are parts of the files read again.
/// Source of the rules: least squares over all stems at once (see fit_gains), residual relative to
/// the reference.
class NullTest {
  public:
    /// Without a reference mix it does nothing; one that cannot be read becomes a finding.
    NullTest(Session const& session, Window const& window, Backend& backend);

    [[nodiscard]] bool is_on() const noexcept {
        return source_ != nullptr;
    }

    /// Decodes the reference up to `target` frames of the window, as StemSource does.
    void advance(std::int64_t target);

    /// Checks what the last `advance` read of the reference itself; any thread.
    void check();

    /// The stems' next frames, beside the reference's that came last.
    void take(std::span<AudioView const> stems, Tasks& crew);

    /// Call once, after the last frames.
    [[nodiscard]] NullOutcome finish(Run& run);

  private:
    void give_up(Finding finding);
    void add_own_findings(NullOutcome& outcome);
    [[nodiscard]] NullOutcome compare(Run& run);

    Session const& session_;
    Window const& window_;
    Backend& backend_;
    Column reference_{};
    std::unique_ptr<StemSource> source_;
    std::unique_ptr<ProductMeter> meter_;
    std::unique_ptr<StemIntake> intake_; ///< of the reference
    HostViews in_host_;
    AudioView view_{};
    std::vector<Finding> findings_;
};

} // namespace stemlathe
