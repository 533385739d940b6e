#include "host/demo/singer.hpp"

#include "host/demo/synth.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stemlathe::demo {
namespace {

constexpr double kGlideAfter = 0.55;       // part of a vowel after which a diphthong moves on
constexpr double kVibratoDelay_s = 0.25;   // after the vowel's start
constexpr double kVibrato_semitones = 0.3; // Sundberg, 1994: 0.5 is an opera singer's
constexpr double kBreathGain = 0.02;
constexpr double kPresence_hz = 1900.0; // a microphone close to the mouth, and a trained voice
constexpr double kPresenceGain = 0.8;

/// Power of a resonator with unity gain at 0 Hz.
double resonance_power(double hz, double centre_hz, double bandwidth_hz) noexcept {
    double const ratio = hz / centre_hz;
    double const detuned = 1.0 - ratio * ratio;
    double const damped = ratio * bandwidth_hz / centre_hz;
    return 1.0 / (detuned * detuned + damped * damped);
}

/// What makes a vowel as loud as the others, judged by the harmonics of a note in mid-range.
double levelling_gain(Formants const& formants) noexcept {
    constexpr double kPitch_hz = 200.0;
    double power = 0.0;
    for (int harmonic = 1; harmonic <= 20; ++harmonic) {
        double part = 1.0 / (harmonic * harmonic);
        for (std::size_t i = 0; i < kFormants; ++i) {
            part *= resonance_power(kPitch_hz * harmonic, formants[i], kBandwidths[i]);
        }
        power += part;
    }
    return 1.0 / std::sqrt(power);
}

std::size_t index_of(Vowel vowel) noexcept {
    return static_cast<std::size_t>(vowel);
}

} // namespace

Singer::Singer(
    Settings const& settings,
    SawTables const& tables,
    Noise noise,
    double noise_gain,
    double rate_hz
)
    : settings_(settings),
      tables_(tables),
      noise_(noise),
      noise_gain_(noise_gain),
      rate_hz_(rate_hz) {
    for (std::size_t vowel = 0; vowel < kVowels; ++vowel) {
        vowel_gain_[vowel] = levelling_gain(kFormantTable[vowel]);
    }
    double const block_rate_hz = rate_hz / kBlockFrames;
    pitch_.tune(0.03, block_rate_hz);
    pitch_.set(57.0);
    vowel_level_.tune(0.03, block_rate_hz);
    for (std::size_t i = 0; i < kFormants; ++i) {
        formant_hz_[i].tune(0.025, block_rate_hz);
        formant_hz_[i].set(kFormantTable[index_of(Vowel::uh)][i]);
    }
    voice_.tune(0.014, rate_hz);
    hiss_.tune(0.004, rate_hz);
    chest_.tune(110.0, 0.7, rate_hz);
    presence_.tune(kPresence_hz, 0.7, rate_hz);
    breath_.tune(5000.0, 0.7, rate_hz);
    retune(0.0);
}

double Singer::lead_s(Syllable const& syllable) noexcept {
    return articulation_of(syllable.sound.consonant).lead_s;
}

void Singer::start(Syllable const& syllable) noexcept {
    syllable_ = syllable;
    articulation_ = articulation_of(syllable.sound.consonant);
    since_start_s_ = 0.0;
}

void Singer::retune(double block_s) noexcept {
    double const vowel_s = since_start_s_ - articulation_.lead_s;
    auto const& sound = syllable_.sound;
    noise_target_ = 0.0;
    if (vowel_s < 0.0) {
        voice_target_ = articulation_.voice;
        bool const is_burst = articulation_.burst_s > 0.0;
        if (!is_burst || -vowel_s <= articulation_.burst_s) {
            noise_target_ = articulation_.noise_gain;
        }
        // A silent mouth is already on its way to the vowel.
        move_mouth(articulation_.voice > 0.1 ? articulation_.shape : sound.vowel);
    } else {
        voice_target_ = vowel_s < syllable_.length_s ? 1.0 : 0.0;
        move_mouth(vowel_s < kGlideAfter * syllable_.length_s ? sound.vowel : sound.glide);
    }
    if (noise_target_ > 0.0) {
        teeth_.tune(articulation_.noise_hz, articulation_.noise_q, rate_hz_);
    }
    move_pitch(block_s);
    since_start_s_ += block_s;
}

void Singer::move_mouth(Vowel shape) noexcept {
    auto const& goal = kFormantTable[index_of(shape)];
    static_cast<void>(vowel_level_.next(vowel_gain_[index_of(shape)]));
    for (std::size_t i = 0; i < kFormants; ++i) {
        double const hz = settings_.tract * formant_hz_[i].next(goal[i]);
        tract_[i].tune(hz, hz / kBandwidths[i], rate_hz_);
    }
}

void Singer::move_pitch(double block_s) noexcept {
    double const note = pitch_.next(syllable_.note);
    double const held_s = since_start_s_ - articulation_.lead_s - kVibratoDelay_s;
    double const depth = kVibrato_semitones * std::clamp(held_s / 0.3, 0.0, 1.0);
    vibrato_phase_ += settings_.vibrato_hz * block_s;
    vibrato_phase_ -= std::floor(vibrato_phase_);
    double const vibrato = depth * std::sin(2.0 * std::numbers::pi * vibrato_phase_);
    double const hz = hz_of_note(note + vibrato + 0.01 * settings_.detune_cents);
    folds_.tune(tables_.saw(1.06 * hz, rate_hz_), hz, rate_hz_);
}

double Singer::next() noexcept {
    double const noise = noise_gain_ * noise_.next();
    double const voice = voice_.next(voice_target_);
    double sung = vowel_level_.value() * chest_.next(folds_.next()).high;
    for (auto& formant : tract_) {
        sung = formant.next(sung).low;
    }
    sung += kPresenceGain * (sung - presence_.next(sung).low);
    double const breath = kBreathGain * breath_.next(noise).high;
    double const spoken = hiss_.next(noise_target_) * teeth_.next(noise).band;
    return voice * (sung + breath) + spoken;
}

} // namespace stemlathe::demo
