#include "tests/conformance/margins_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>
#include <stdexcept>

namespace stemlathe::test {

namespace {

constexpr double kMeanSquareOfFullScale_db = 3.0103;

std::int64_t frames_of(double seconds) {
    return std::llround(seconds * kRate_hz);
}

Signal both_ears(Signal signal) {
    for (std::size_t i = 0; i + 1 < signal.size(); i += 2) {
        signal[i + 1] = signal[i];
    }
    return signal;
}

double number(std::string const& text) {
    return text == "-inf" ? -std::numeric_limits<double>::infinity() : std::stod(text);
}

} // namespace

Signal tone_spl(double hz, double level_db_spl, double seconds) {
    return sine(
        {.hz = hz,
         .level_dbfs = level_db_spl - kFullScale_db_spl,
         .seconds = seconds,
         .rate_hz = kRate_hz}
    );
}

Signal white_spl(double n0_db_spl, double seconds, std::uint64_t seed) {
    double const overall_db = n0_db_spl + 10.0 * std::log10(kRate_hz / 2.0);
    return both_ears(white_noise(
        {.level_dbfs = overall_db - kFullScale_db_spl - kMeanSquareOfFullScale_db,
         .frames = frames_of(seconds),
         .seed = seed}
    ));
}

Signal pink_spl(double level_db_spl, double seconds, std::uint64_t seed) {
    return both_ears(pink_noise(
        {.level_dbfs = level_db_spl - kFullScale_db_spl - kMeanSquareOfFullScale_db,
         .frames = frames_of(seconds),
         .seed = seed}
    ));
}

Signal band_spl(double low_hz, double high_hz, double level_db_spl, double seconds) {
    constexpr double kSpacing_hz = 2.0;
    auto const count = static_cast<std::size_t>(std::lround((high_hz - low_hz) / kSpacing_hz));
    double const each_db = level_db_spl - 10.0 * std::log10(static_cast<double>(count));
    double const amplitude = std::pow(10.0, (each_db - kFullScale_db_spl) / 20.0);
    Signal signal(2 * static_cast<std::size_t>(frames_of(seconds)), 0.0F);
    for (std::size_t line = 0; line < count; ++line) {
        double const hz = low_hz + (static_cast<double>(line) + 0.5) * kSpacing_hz;
        double const phase = 2.0 * std::numbers::pi * uniform(7, line);
        for (std::size_t n = 0; 2 * n < signal.size(); ++n) {
            double const turns = hz * static_cast<double>(n) / kRate_hz;
            signal[2 * n] +=
                static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * turns + phase));
        }
    }
    return both_ears(std::move(signal));
}

MarginsFile::MarginsFile(std::filesystem::path const& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    if (line != "time_s,stem,ear,band_hz,excitation_db,threshold_db,margin_db") {
        throw std::runtime_error{"unexpected header: " + line};
    }
    std::string first_stem;
    while (std::getline(file, line)) {
        std::array<std::string, 7> fields;
        std::istringstream row{line};
        for (auto& field : fields) {
            std::getline(row, field, ',');
        }
        bool const is_first = first_stem.empty() || fields[1] == first_stem;
        first_stem = first_stem.empty() ? fields[1] : first_stem;
        if (is_first && fields[2] == "left") {
            double const time_s = number(fields[0]);
            if (times_s_.empty() || times_s_.back() != time_s) {
                times_s_.push_back(time_s);
            }
            if (times_s_.size() == 1) {
                bands_hz_.push_back(number(fields[3]));
            }
        }
        auto& ear = stems_[fields[1]][fields[2] == "left" ? 0 : 1];
        ear.margins_db.push_back(number(fields[6]));
    }
}

std::size_t MarginsFile::band_at(double hz) const {
    auto const nearest = std::ranges::min_element(bands_hz_, {}, [hz](double band) {
        return std::abs(std::log(band / hz));
    });
    return static_cast<std::size_t>(nearest - bands_hz_.begin());
}

double MarginsFile::margin_db(
    std::string const& stem, std::size_t band, double from_s, double to_s, bool right
) const {
    auto const& margins_db = stems_.at(stem)[right ? 1 : 0].margins_db;
    double sum = 0.0;
    double count = 0.0;
    for (std::size_t t = 0; t < times_s_.size(); ++t) {
        if (times_s_[t] >= from_s && times_s_[t] < to_s) {
            sum += margins_db[t * bands_hz_.size() + band];
            count += 1.0;
        }
    }
    return sum / count;
}

double MarginsFile::peak_margin_db(std::string const& stem, double from_s, double to_s) const {
    double peak_db = -std::numeric_limits<double>::infinity();
    for (std::size_t band = 0; band < bands_hz_.size(); ++band) {
        double const mean_db = margin_db(stem, band, from_s, to_s);
        peak_db = mean_db > peak_db ? mean_db : peak_db;
    }
    return peak_db;
}

std::vector<double> MarginsFile::all(std::string const& stem) const {
    auto const& ears = stems_.at(stem);
    auto margins_db = ears[0].margins_db;
    margins_db.insert(margins_db.end(), ears[1].margins_db.begin(), ears[1].margins_db.end());
    return margins_db;
}

} // namespace stemlathe::test
