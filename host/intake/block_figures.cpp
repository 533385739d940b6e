#include "host/intake/block_figures.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace stemlathe {

namespace {

/// As wide as every x86-64 computes; wider vectors are taken apart lane by lane where a processor
/// lacks them.
constexpr std::size_t kLanes = 4;
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

void load(float const* at, Lanes& into) noexcept {
    std::memcpy(&into, at, sizeof(into));
}

/// The lanes in double, in their order.
double total(Lanes const& lanes) noexcept {
    double sum = 0.0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        sum += static_cast<double>(lanes[lane]);
    }
    return sum;
}

} // namespace

ChannelBlock figures_of(std::span<float const> samples) {
    Lanes least{};
    Lanes most{};
    Lanes sum{};
    Lanes energy{};
    std::size_t i = 0;
    for (; i + kLanes <= samples.size(); i += kLanes) {
        Lanes x;
        load(samples.data() + i, x);
        least = x < least ? x : least;
        most = x > most ? x : most;
        sum += x;
        energy += x * x;
    }
    ChannelBlock block{.samples = samples, .sum = total(sum), .energy = total(energy)};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        block.least = std::min(block.least, least[lane]);
        block.most = std::max(block.most, most[lane]);
    }
    for (; i < samples.size(); ++i) {
        double const x = static_cast<double>(samples[i]);
        block.least = std::min(block.least, samples[i]);
        block.most = std::max(block.most, samples[i]);
        block.sum += x;
        block.energy += x * x;
    }
    return block;
}

double difference_energy(std::span<float const> left, std::span<float const> right) {
    Lanes energy{};
    std::size_t i = 0;
    for (; i + kLanes <= left.size(); i += kLanes) {
        Lanes a;
        Lanes b;
        load(left.data() + i, a);
        load(right.data() + i, b);
        Lanes const difference = a - b;
        energy += difference * difference;
    }
    double sum = total(energy);
    for (; i < left.size(); ++i) {
        double const difference = static_cast<double>(left[i] - right[i]);
        sum += difference * difference;
    }
    return sum;
}

} // namespace stemlathe
