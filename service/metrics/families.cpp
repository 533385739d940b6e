#include "service/metrics/families.hpp"

#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stemlathe::service {

namespace {

std::vector<std::string> key_of(FamilyHead const& head, std::span<std::string_view const> values) {
    STEMLATHE_ASSERT(values.size() == head.labels.size());
    return {values.begin(), values.end()};
}

std::vector<Label> labels_of(FamilyHead const& head, std::vector<std::string> const& values) {
    std::vector<Label> labels;
    labels.reserve(values.size() + 1); // a bucket's bound comes behind
    for (std::size_t i = 0; i < values.size(); ++i) {
        labels.emplace_back(head.labels[i], values[i]);
    }
    return labels;
}

} // namespace

CounterFamily::CounterFamily(FamilyHead head) : head_{std::move(head)} {}

void CounterFamily::add(std::initializer_list<std::string_view> values, double by) {
    std::lock_guard const lock{mutex_};
    counts_[key_of(head_, {values.begin(), values.size()})] += by;
}

void CounterFamily::write(Exposition& to) const {
    std::lock_guard const lock{mutex_};
    to.family(head_.name, "counter", head_.help);
    for (auto const& [values, count] : counts_) {
        to.sample(count, labels_of(head_, values));
    }
}

HistogramFamily::HistogramFamily(FamilyHead head, std::vector<double> bounds)
    : head_{std::move(head)}, bounds_{std::move(bounds)} {}

void HistogramFamily::observe(std::initializer_list<std::string_view> values, double figure) {
    auto const bucket = std::ranges::lower_bound(bounds_, figure) - bounds_.begin();
    std::lock_guard const lock{mutex_};
    auto& counts = counts_[key_of(head_, {values.begin(), values.size()})];
    counts.in_bucket.resize(bounds_.size() + 1);
    ++counts.in_bucket[static_cast<std::size_t>(bucket)];
    counts.sum += figure;
}

void HistogramFamily::write_one(
    Exposition& to, std::vector<std::string> const& values, Counts const& counts
) const {
    auto labels = labels_of(head_, values);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < counts.in_bucket.size(); ++i) {
        sum += counts.in_bucket[i];
        auto const bound = i < bounds_.size() ? fmt::format("{}", bounds_[i]) : "+Inf";
        labels.emplace_back("le", bound);
        to.sample(static_cast<double>(sum), labels, "_bucket");
        labels.pop_back();
    }
    to.sample(counts.sum, labels, "_sum");
    to.sample(static_cast<double>(sum), labels, "_count");
}

void HistogramFamily::write(Exposition& to) const {
    std::lock_guard const lock{mutex_};
    to.family(head_.name, "histogram", head_.help);
    for (auto const& [values, counts] : counts_) {
        write_one(to, values, counts);
    }
}

} // namespace stemlathe::service
