#pragma once

#include "host/model/session.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace stemlathe {

/// What a remark asks for.
enum class Wish {
    less_sibilance,
    less_harshness,
    less_nose,
    less_mud,
    less_boom,
    less_rumble,
    more_body,
    more_air,
    quieter,
    louder
};

/// One thing asked for.
struct StatedWish {
    Wish wish = Wish::quieter;
    std::vector<std::size_t> stems{}; ///< that the same part of the sentence names

    friend bool operator==(StatedWish const&, StatedWish const&) = default;
};

/// What the words ask for, in order. Words of praise take back what is asked for in the same part
/// of a sentence, and everything before where they follow a "but"; negations take back theirs.
/// English only.
[[nodiscard]] std::vector<StatedWish> wishes_in(std::string_view text, std::span<Stem const> stems);

/// How a wish is met by an equaliser: in one of its named bands, the one that sticks out most.
struct BandRemedy {
    std::array<std::string_view, 2> bands{}; ///< of kNamedBands; the second may be empty
    bool cuts = true;                        ///< takes off what is too much; else adds what lacks
};

/// For `quieter` and `louder`, which are met by a gain, a remedy without bands.
[[nodiscard]] BandRemedy remedy_for(Wish wish) noexcept;

} // namespace stemlathe
