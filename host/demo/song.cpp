#include "host/demo/song.hpp"

#include "host/demo/synth.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe {
namespace {

using Maker = std::unique_ptr<demo::StemSynth> (*)(demo::Studio const&, int);
constexpr std::array<Maker, 5> kMakers{
    demo::make_drums, demo::make_bass, demo::make_vocals, demo::make_instruments, demo::make_fx};

std::array<DemoStem, 5> const kStems{{
    {"01_Drums", "drums"},
    {"02_Bass", "bass"},
    {"03_Vocals", "vocals"},
    {"04_Instruments", "instruments"},
    {"05_FX", "fx"},
}};

constexpr std::array<int, 6> kRates_hz{44'100, 48'000, 88'200, 96'000, 176'400, 192'000};
constexpr double kShortest_s = 1.0;
constexpr double kLongest_s = 3.0 * 3600.0;

/// A stretch that is shorter says too little about what masks what.
constexpr double kPlantedShortest_s = 1.0;

void check(DemoSettings const& settings) {
    if (!(settings.seconds >= kShortest_s && settings.seconds <= kLongest_s)) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the demo's length is {} s; it must be 1 to 10800 s (3 hours)", settings.seconds
            )}
            .about_key("--seconds");
    }
    if (std::ranges::find(kRates_hz, settings.rate_hz) == kRates_hz.end()) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the demo's rate is {} Hz; it must be one of {} Hz",
                settings.rate_hz,
                fmt::join(kRates_hz, ", ")
            )}
            .about_key("--rate");
    }
}

demo::Studio studio_for(DemoSettings const& settings) {
    check(settings);
    return {
        .score = demo::Score{settings},
        .rate_hz = settings.rate_hz,
        .frames = frames_from_seconds(settings.seconds, settings.rate_hz),
        .tables = std::make_shared<demo::SawTables const>()};
}

/// "1:07"
std::string clock_text(double moment_s) {
    auto const whole_s = static_cast<int>(moment_s);
    return fmt::format("{}:{:02}", whole_s / 60, whole_s % 60);
}

} // namespace

struct DemoSong::Impl {
    explicit Impl(DemoSettings const& wish) : settings(wish), studio(studio_for(wish)) {}

    DemoSettings settings;
    demo::Studio studio;
    std::array<std::unique_ptr<demo::StemSynth>, kMakers.size()> synths{};
};

DemoSong::DemoSong(DemoSettings const& settings) : impl_(std::make_unique<Impl>(settings)) {}

DemoSong::DemoSong(DemoSong&&) noexcept = default;
DemoSong& DemoSong::operator=(DemoSong&&) noexcept = default;
DemoSong::~DemoSong() = default;

std::int64_t DemoSong::frames() const noexcept {
    return impl_->studio.frames;
}

std::span<DemoStem const> DemoSong::stems() const noexcept {
    return kStems;
}

void DemoSong::render(std::size_t stem, std::int64_t first_frame, std::span<float> interleaved) {
    STEMLATHE_ASSERT(stem < kMakers.size());
    auto& synth = impl_->synths[stem];
    if (first_frame == 0) {
        synth = kMakers[stem](impl_->studio, static_cast<int>(stem));
    }
    STEMLATHE_ASSERT(synth != nullptr && synth->position() == first_frame);
    synth->render(interleaved);
}

std::vector<PlantedMasking> DemoSong::planted() const {
    auto const& score = impl_->studio.score;
    std::vector<PlantedMasking> all;
    for (int bar = score.section_bars(); bar < score.bars(); bar += 2 * score.section_bars()) {
        double const start_s = score.time_s(bar);
        double const end_s = std::min(score.time_s(bar + score.section_bars()), score.duration_s());
        if (end_s - start_s < kPlantedShortest_s) {
            continue;
        }
        all.push_back({"04_Instruments.wav", "03_Vocals.wav", start_s, end_s, 1000.0, 4000.0});
        // In the fill the toms carry the drums, whatever becomes of the kick.
        int const last_bar = bar + score.section_bars() - 1;
        double const fill_s = score.section_bars() > 1 ? score.time_s(last_bar, 2.0) : end_s;
        all.push_back({"02_Bass.wav", "01_Drums.wav", start_s, std::min(fill_s, end_s), 40.0, 80.0}
        );
    }
    return all;
}

std::string DemoSong::session_toml() const {
    auto text = fmt::format(
        "title = \"Low Road Home\"\n"
        "artist = \"The Stemlathe Demo Band\"\n"
        "album = \"Synthesised, seed {}\"\n"
        "genre = \"pop rock\"\n"
        "platforms = [\"spotify\", \"vinyl\", \"cd\"]\n",
        impl_->settings.seed
    );
    for (auto const& stem : kStems) {
        text += fmt::format("\n[[stem]]\nfile = \"{}.wav\"\nrole = \"{}\"\n", stem.name, stem.role);
    }
    return text + "\n[reference]\nmix = \"Reference_Mix.wav\"\n";
}

std::string DemoSong::comments_txt() const {
    auto const maskings = planted();
    if (maskings.empty()) {
        return "0:00 - leave the drums as punchy as they are\n";
    }
    auto const start = clock_text(maskings.front().start_s + 1.0);
    return fmt::format(
        "0:02 - the verse is lovely, please keep it open\n"
        "{} - I lose the words here, the guitars cover the vocal\n"
        "{}-{} the kick drum drowns in the bass\n",
        start,
        start,
        clock_text(maskings.front().end_s)
    );
}

} // namespace stemlathe
