#pragma once

#include "host/pipeline/master.hpp"
#include "host/plan/plan_toml.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace stemlathe::test {

/// Keys, regions, static and dynamic bands, stem dynamics: all that carries state over segments.
inline constexpr char const* kBusyPlan = R"(
[[stem]]
match = "instruments"
eq = [{type="bell", hz=1300, gain_db=-4, q=1.5, dynamic={key="vocals", threshold_db=-40}},
      {type="low-shelf", hz=150, gain_db=2, q=0.7}]
region = [{start_s=1.0, end_s=1.5, gain_db=-3, fade_s=0.05}]
[[stem]]
match = "drums"
dynamics = {threshold_db=-30, ratio=3}
pan = -0.2
width = 1.3
[bus]
eq = [{type="high-shelf", hz=9000, gain_db=1.0, q=0.7}]
)";

/// A session folder and an output folder, and what `master` makes of them on the CPU.
class Mastered : public ::testing::Test {
  protected:
    struct Options {
        std::string plan{}; ///< TOML
        std::vector<std::string> deliver{};
        std::optional<PreviewRange> preview = std::nullopt;
        bool force = false;
        int threads = 2;
        std::int64_t segment_frames = 0;
        std::string out = "out";
        VersionWish versions{};
    };

    [[nodiscard]] std::filesystem::path session() const {
        return folder_.path() / "song";
    }

    [[nodiscard]] std::filesystem::path out(std::string const& name = "out") const {
        return folder_.path() / name;
    }

    [[nodiscard]] MasterJob job(Options const& options) const {
        MasterJob job{
            .session = session(),
            .out = out(options.out),
            .deliver = options.deliver,
            .versions = options.versions,
            .preview = options.preview,
            .force = options.force};
        if (!options.plan.empty()) {
            job.plan = parse_plan(options.plan, "plan.toml");
        }
        if (!unmasks_ && !job.plan.masking_fix) {
            job.plan.masking_fix = false;
        }
        return job;
    }

    MasteringReport master(Options const& options) {
        Tasks tasks{options.threads};
        stemlathe::Run run{tasks, {}, {}};
        run.segment_frames = options.segment_frames;
        return stemlathe::master(job(options), *backend_, run);
    }

    /// The one file of a delivery.
    [[nodiscard]] std::filesystem::path
    file(MasteringReport const& report, std::size_t delivery) const {
        return out() / report.deliveries.at(delivery).files.at(0).path;
    }

    /// What must not change: masters and plan, by path.
    [[nodiscard]] std::map<std::string, std::string> bytes_of(std::string const& name) const {
        std::map<std::string, std::string> bytes;
        for (auto const& path : tree_of(out(name))) {
            bool const counts = path.starts_with("masters/") || path == "plan.toml";
            if (counts && !path.ends_with("/")) {
                bytes[path] = read_file(out(name) / path);
            }
        }
        return bytes;
    }

    /// Whether plans that do not say so analyse and mend maskings; most tests are about other
    /// things.
    bool unmasks_ = false;
    TempFolder folder_;
    std::unique_ptr<Backend> backend_ = open_backend(parse_backend_choice("cpu"));
};

} // namespace stemlathe::test
