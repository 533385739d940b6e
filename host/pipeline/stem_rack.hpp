#pragma once

#include "host/model/plan.hpp"
#include "host/pipeline/chain.hpp"
#include "host/pipeline/source.hpp"
#include "host/tasks.hpp"
#include "kernels/backend.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace stemlathe {

/// Gets every processed stem, piece by piece, while the stems are rendered. Different stems may
/// come from different threads.
using StemSink = std::function<void(std::size_t stem, AudioView view)>;

/// All stems of a job through their chains, segment by segment.
class StemRack {
  public:
    /// @param plan  resolved as far as stems go
    StemRack(
        Session const& session, Window const& window, MasteringPlan const& plan, Backend& backend
    );

    [[nodiscard]] bool is_done() const;

    /// The processed stems' next views. Meanwhile, on the same crew, `others` are run.
    [[nodiscard]] std::span<AudioView const> advance(
        std::int64_t target,
        Tasks& crew,
        StemSink const& sink,
        std::span<std::function<void()> const> others = {}
    );

    /// Drains one stem's chain.
    void finish(std::size_t stem, AudioSink const& sink);

    [[nodiscard]] std::size_t size() const noexcept {
        return chains_.size();
    }

  private:
    std::vector<std::unique_ptr<StemSource>> sources_;
    std::vector<Chain> chains_;
    std::vector<AudioView> conformed_;
    std::vector<AudioView> processed_;
    bool has_keys_ = false;
};

} // namespace stemlathe
