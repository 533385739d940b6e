#pragma once

#include "formats/writer.hpp"
#include "host/output/output_folder.hpp"
#include "host/pipeline/source.hpp"
#include "host/report/report.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace stemlathe {

/// A `stems` delivery: the processed stems, written while they are rendered. Together they sum to
/// the bus before its equaliser and dynamics.
class StemFiles {
  public:
    StemFiles(
        DeliveryPlan const& plan,
        Session const& session,
        Window const& window,
        OutputFolder& out,
        Backend& backend
    );

    /// The next piece of one stem. Different stems may come from different threads.
    void write(std::size_t stem, AudioView view);

    /// Completes the files.
    void finish();

    [[nodiscard]] std::string const& name() const noexcept {
        return plan_.name;
    }

    /// Describes and measures the finished files. @throws Failure{cancelled}
    [[nodiscard]] DeliveryReport verify(Run& run) const;

  private:
    struct Track {
        std::filesystem::path path{}; ///< relative to OUT
        std::filesystem::path file{};
        std::unique_ptr<Quantiser> quantiser{};
        std::unique_ptr<Writer> writer{};
    };

    DeliveryPlan plan_;
    std::int64_t frames_;
    std::vector<Track> tracks_;
};

} // namespace stemlathe
