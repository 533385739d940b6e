#pragma once

#include "host/comments/comment.hpp"
#include "host/comments/stretch.hpp"
#include "host/model/session.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// Measurements are taken in slots of 100 ms, ten of which are a second.
inline constexpr double kSlot_s = 0.1;
inline constexpr std::int64_t kSecondSlots = 10;

/// What is usual for a stem: medians over the seconds of the song in which it plays.
struct UsualLevels {
    bool is_known = false; ///< it plays at all
    StretchLevels median{};
    float plays_from_db = 0.0F; ///< less is a tail or bleed
};

/// What is collected about one remark while the song passes.
class WatchedMoment {
  public:
    /// Slots count from the song's beginning.
    WatchedMoment(
        std::size_t comment, bool is_range, std::int64_t first_slot, std::int64_t end_slot
    ) noexcept
        : comment_(comment), is_range_(is_range), first_slot_(first_slot), end_slot_(end_slot) {}

    /// Index of the comment.
    [[nodiscard]] std::size_t comment() const noexcept {
        return comment_;
    }

    /// Whether the slot is part of it.
    [[nodiscard]] bool holds(std::int64_t slot) const noexcept {
        return slot >= first_slot_ && slot < end_slot_;
    }

    /// @param slot   holds it; slots come in order
    /// @param stems  what each did in it
    void take(std::int64_t slot, std::span<Stretch const> stems);

    /// Says how the stems did against what is usual for them; nothing where no slot was taken.
    void describe(
        Comment const& about,
        std::span<Stem const> stems,
        std::span<UsualLevels const> usual,
        CommentMeasurements& out
    ) const;

  private:
    struct StemMoment {
        Stretch whole{};
        Stretch second{}; ///< of a range, the one that is going on
        std::int64_t second_slots = 0;
        double weighted_sibilance = 0.0; ///< of a range's seconds, by their power
        double weight = 0.0;
        std::vector<float> sibilant_db{}; ///< per slot of a moment that is no range

        void close_second() noexcept;
        [[nodiscard]] double sibilance_db(bool is_range) const noexcept;
    };

    void describe_sibilance(
        std::span<Stem const> stems,
        std::span<UsualLevels const> usual,
        std::span<std::size_t const> candidates,
        CommentMeasurements& out
    ) const;

    std::size_t comment_;
    bool is_range_;
    std::int64_t first_slot_;
    std::int64_t end_slot_;
    std::int64_t taken_from_ = 0; ///< slots that really came
    std::int64_t taken_to_ = 0;
    std::vector<StemMoment> stems_{}; ///< empty until the first slot
};

} // namespace stemlathe
