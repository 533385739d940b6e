#pragma once

namespace stemlathe {

/// What a stereo frame is multiplied with: left' = ll * left + lr * right, right' = rl * left + rr
/// * right. Gain, polarity, width, pan and mid/side extraction are all of this form.
struct StereoMatrix {
    float ll = 1.0F;
    float lr = 0.0F;
    float rl = 0.0F;
    float rr = 1.0F;

    friend bool operator==(StereoMatrix const&, StereoMatrix const&) = default;
};

/// The same gain on both channels; 0 dB is exactly the identity.
[[nodiscard]] StereoMatrix gain_matrix(double gain_db) noexcept;

/// Width scales the side signal (0 mono, 1 unchanged, 2 doubled), then pan as a balance: the far
/// channel is scaled by cos(pi/2 |pan|), the near one is left alone. `pan` -1 left .. +1 right.
/// Neutral is the identity.
[[nodiscard]] StereoMatrix width_and_pan_matrix(double width, double pan) noexcept;

/// `second` applied after `first`.
[[nodiscard]] StereoMatrix then(StereoMatrix const& first, StereoMatrix const& second) noexcept;

/// @throws Failure{invalid_plan} where a factor is NaN or infinite
void check_settings(StereoMatrix const& matrix);

} // namespace stemlathe
