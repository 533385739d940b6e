#include "kernels/quantise/quantise.hpp"

#include "kernels/base/failure.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace stemlathe {

namespace {

constexpr int kRateMin_hz = 8'000;
constexpr int kRateMax_hz = 384'000;

double threshold_in_quiet_db(double frequency_hz) {
    double const f = frequency_hz / 1000.0;
    return 3.64 * std::pow(f, -0.8) - 6.5 * std::exp(-0.6 * (f - 3.3) * (f - 3.3)) +
           1e-3 * f * f * f * f;
}

/// Autocorrelation of a signal whose power spectrum is the inverse of the target.
std::array<double, kShaperTaps + 1> inverse_autocorrelation(int rate_hz) {
    constexpr double kCap_db = 20.0;
    constexpr int kPoints = 4096; // bins of the spectrum, in the middle of each
    std::array<double, kShaperTaps + 1> correlation{};
    for (int bin = 0; bin < kPoints; ++bin) {
        double const position = (bin + 0.5) / kPoints; // 0 .. 1 is 0 .. Nyquist
        double const target_db = std::min(threshold_in_quiet_db(position * rate_hz / 2.0), kCap_db);
        double const power = std::pow(10.0, -target_db / 10.0);
        for (std::size_t lag = 0; lag < correlation.size(); ++lag) {
            correlation[lag] +=
                power * std::cos(std::numbers::pi * position * static_cast<double>(lag));
        }
    }
    return correlation;
}

} // namespace

void check_settings(QuantiseSettings const& settings) {
    if (settings.format == SampleFormat::float_32) {
        return;
    }
    if (settings.format == SampleFormat::float_64 || bytes_per_sample(settings.format) == 0) {
        throw Failure{
            Code::invalid_plan,
            "files of 64-bit float cannot be written; choose 16 or 24 bits or 32-bit float"};
    }
    if (settings.bits != 16 && settings.bits != 24) {
        throw Failure{
            Code::invalid_plan,
            "a word length of " + std::to_string(settings.bits) +
                " bits cannot be written; it must be 16 or 24"};
    }
    if (settings.bits > 8 * bytes_per_sample(settings.format)) {
        throw Failure{
            Code::invalid_plan,
            std::to_string(settings.bits) + "-bit audio does not fit into " +
                std::string{name_of(settings.format)} + "; choose a wider format or 16 bits"};
    }
    if (settings.rate_hz < kRateMin_hz || settings.rate_hz > kRateMax_hz) {
        throw Failure{
            Code::invalid_plan,
            "a sample rate of " + std::to_string(settings.rate_hz) +
                " Hz cannot be quantised; it must be 8000 to 384000"};
    }
}

std::array<double, kShaperTaps> design_shaper(int rate_hz) {
    auto const correlation = inverse_autocorrelation(rate_hz);
    std::array<double, kShaperTaps + 1> predictor{1.0};
    double error = correlation[0];
    for (std::size_t order = 1; order <= kShaperTaps; ++order) {
        double sum = 0.0;
        for (std::size_t k = 0; k < order; ++k) {
            sum += predictor[k] * correlation[order - k];
        }
        double const reflection = -sum / error;
        auto const before = predictor;
        for (std::size_t k = 1; k <= order; ++k) {
            predictor[k] = before[k] + reflection * before[order - k];
        }
        error *= 1.0 - reflection * reflection;
    }
    std::array<double, kShaperTaps> feedback{};
    for (std::size_t k = 0; k < feedback.size(); ++k) {
        feedback[k] = std::round(-predictor[k + 1] * 1e5) / 1e5;
    }
    return feedback;
}

} // namespace stemlathe
