#pragma once

#include "service/metrics/exposition.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// What a family says of all its samples. Names of labels are few and their values come from short
/// lists of our own: never a client, a job or anything else that comes from outside.
struct FamilyHead {
    std::string_view name{}; ///< "stemlathe_..."
    std::string_view help{};
    std::vector<std::string_view> labels{};
};

/// Counts that only grow, one for each set of label values. Any thread.
class CounterFamily {
  public:
    explicit CounterFamily(FamilyHead head);

    void add(std::initializer_list<std::string_view> values, double by = 1.0);

    /// Nothing before the first count.
    void write(Exposition& to) const;

  private:
    FamilyHead head_;
    mutable std::mutex mutex_;
    std::map<std::vector<std::string>, double> counts_{};
};

/// How often a figure was at most so large, one for each set of label values. Any thread.
class HistogramFamily {
  public:
    /// @param bounds  upper ones, growing; above the last there is +Inf
    HistogramFamily(FamilyHead head, std::vector<double> bounds);

    void observe(std::initializer_list<std::string_view> values, double figure);

    void write(Exposition& to) const;

  private:
    struct Counts {
        std::vector<std::uint64_t> in_bucket{}; ///< not summed up; the last is that above all
        double sum = 0.0;
    };

    void
    write_one(Exposition& to, std::vector<std::string> const& values, Counts const& counts) const;

    FamilyHead head_;
    std::vector<double> bounds_;
    mutable std::mutex mutex_;
    std::map<std::vector<std::string>, Counts> counts_{};
};

} // namespace stemlathe::service
