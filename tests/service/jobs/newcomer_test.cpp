#include "service/jobs/job_queue.hpp"
#include "tests/service/store/dice.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// One client has ten thousand jobs waiting, and another one asks for a preview: it starts when the
/// next seat falls free, so within the length of one job. Seats, classes, weights, costs, how long
/// a job really takes and the moment at which the preview comes follow from the seed.
namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::Dice;

constexpr std::int64_t kWaiting = 10'000;
/// Seeds with one queue of ten thousand, which is built once and copied for each.
constexpr std::uint64_t kSeedsOfAQueue = 500;

class Place {
  public:
    Place(std::filesystem::path const& file, std::uint64_t seed)
        : database_{{.file = file, .clock_ms = [clock = clock_] { return *clock; }}},
          queue_{database_, {.queued_cost_ms_max = std::int64_t{1} << 60U, .seed = seed}} {}

    SqliteDatabase& database() {
        return database_;
    }

    JobQueue& queue() {
        return queue_;
    }

    [[nodiscard]] std::int64_t now_ms() const {
        return *clock_;
    }

    void wait_until(std::int64_t ms) {
        *clock_ = std::max(*clock_, ms);
    }

  private:
    std::shared_ptr<std::int64_t> clock_ = std::make_shared<std::int64_t>(test::kTestClock_ms);
    SqliteDatabase database_;
    JobQueue queue_;
};

/// Of what kind the jobs of the one are: all of a class, or some of each.
std::string klass_of(std::int64_t mixture, Dice& dice) {
    constexpr std::array kClasses{"bulk", "normal", "preview"};
    return kClasses.at(static_cast<std::size_t>(mixture < 3 ? mixture : dice.number(0, 2)));
}

/// A file with ten thousand jobs of one client.
void build_queue(std::filesystem::path const& file, std::uint64_t number) {
    Place place{file, number};
    migrate(place.database());
    Dice dice{number};
    add_tenant(place.database(), "anna", dice.number(10, 1'000));
    add_tenant(place.database(), "bert", dice.number(10, 1'000));
    place.database().query("UPDATE tenant SET max_queued = $1", {2 * kWaiting});
    auto const mixture = dice.number(0, 3);
    auto const dearest_ms = dice.one_in(2) ? dice.number(1, 60'000) : 600'000;
    Transaction transaction{place.database()};
    for (std::int64_t i = 0; i < kWaiting; ++i) {
        static_cast<void>(place.queue().enqueue(
            {.tenant = "anna",
             .klass = klass_of(mixture, dice),
             .spec = "{}",
             .cost_ms = dice.number(1, dearest_ms)}
        ));
    }
    transaction.commit();
}

/// What became of one preview.
struct Start {
    std::int64_t delay_ms = 0;
    std::int64_t job_ms = 1; ///< of the job whose end it waited for
    int put_back_before = 0; ///< jobs that had had their turn, broke, and came first
};

class Seats {
  public:
    Seats(Place& place, std::uint64_t seed) : place_{place}, dice_{seed} {
        seats_.resize(static_cast<std::size_t>(dice_.number(1, 8)));
        breaks_one_in_ = dice_.one_in(3) ? dice_.number(2, 10) : 0;
        // One who may run fewer than there are seats leaves seats free.
        place_.database().query("UPDATE tenant SET max_running = $1", {dice_.number(1, 12)});
    }

    /// The preview comes at some moment while the other one's jobs run.
    Start run() {
        fill();
        for (auto turns = dice_.number(0, 30); turns > 0 && next_end(); --turns) {
            pass();
        }
        auto const end = next_end();
        if (end) {
            place_.wait_until(dice_.number(place_.now_ms(), *end));
        }
        return preview();
    }

  private:
    struct Seat {
        std::optional<Lease> lease = std::nullopt;
        std::int64_t from_ms = 0;
        std::int64_t to_ms = 0;
    };

    Start preview() {
        auto const asked_ms = place_.now_ms();
        Transaction transaction{place_.database()};
        auto const cost_ms = dice_.one_in(2) ? dice_.number(1, 60'000) : 3'600'000;
        preview_ = place_.queue().enqueue(
            {.tenant = "bert", .klass = "preview", .spec = "{}", .cost_ms = cost_ms}
        );
        transaction.commit();
        Start start;
        put_back_before_ = 0;
        first_before_ = 0;
        fill();
        if (auto const end = next_end(); end && !has_started()) {
            auto const first = std::ranges::min_element(seats_, {}, &Seats::end_of);
            start.job_ms = std::max<std::int64_t>(first->to_ms - first->from_ms, 1);
        }
        while (!has_started() && next_end()) {
            pass();
        }
        EXPECT_TRUE(has_started());
        EXPECT_EQ(first_before_, 0) << "jobs that had not had their turn yet came first";
        start.delay_ms = *place_.queue().find(preview_)->started_ms - asked_ms;
        start.put_back_before = put_back_before_;
        return start;
    }

    [[nodiscard]] bool has_started() {
        return place_.queue().find(preview_)->state != "queued";
    }

    static std::int64_t end_of(Seat const& seat) {
        return seat.lease ? seat.to_ms : std::numeric_limits<std::int64_t>::max();
    }

    /// Nothing where no seat is taken.
    [[nodiscard]] std::optional<std::int64_t> next_end() const {
        auto const first = std::ranges::min_element(seats_, {}, &Seats::end_of);
        return first->lease ? std::optional{first->to_ms} : std::nullopt;
    }

    /// The first job ends, and its seat takes another one.
    void pass() {
        auto& seat = *std::ranges::min_element(seats_, {}, &Seats::end_of);
        place_.wait_until(seat.to_ms);
        if (breaks_one_in_ > 0 && dice_.one_in(breaks_one_in_)) {
            auto const outcome = dice_.one_in(2) ? Outcome::shortage : Outcome::broken;
            EXPECT_TRUE(place_.queue().fail(*seat.lease, outcome, "out_of_memory", "full"));
        } else {
            EXPECT_TRUE(place_.queue().complete(*seat.lease, {}, "{}"));
        }
        seat.lease.reset();
        fill();
    }

    /// Every free seat asks for a job.
    void fill() {
        for (auto& seat : seats_) {
            if (!seat.lease) {
                seat.lease = place_.queue().claim({.owner = "w", .kinds = {"render", "analysis"}});
                sit(seat);
            }
        }
    }

    void sit(Seat& seat) {
        if (!seat.lease) {
            return;
        }
        if (!preview_.empty() && seat.lease->tenant == "anna" && !has_started()) {
            (seat.lease->fence > 1 ? put_back_before_ : first_before_) += 1;
        }
        seat.from_ms = place_.now_ms();
        seat.to_ms = seat.from_ms + dice_.number(1, 120'000);
    }

    Place& place_;
    Dice dice_;
    std::vector<Seat> seats_;
    std::int64_t breaks_one_in_ = 0; ///< 0: nothing breaks
    std::string preview_;
    int put_back_before_ = 0;
    int first_before_ = 0;
};

/// STEMLATHE_NEWCOMERS=first:count; ctest runs a few, and ten thousand under the label `long`.
std::pair<std::uint64_t, std::uint64_t> newcomers() {
    char const* const order = std::getenv("STEMLATHE_NEWCOMERS");
    std::string const text{order != nullptr ? order : "1:60"};
    return {std::stoull(text), std::stoull(text.substr(text.find(':') + 1))};
}

class Starts {
  public:
    void add(Start const& start) {
        auto const lengths =
            static_cast<double>(start.delay_ms) / static_cast<double>(start.job_ms);
        if (start.put_back_before == 0) {
            ASSERT_LE(lengths, 1.0) << start.delay_ms << " ms, and one job took " << start.job_ms;
            lengths_.push_back(lengths);
        } else {
            put_back_most_ = std::max(put_back_most_, start.put_back_before);
        }
        at_once_ += start.delay_ms == 0 ? 1 : 0;
    }

    void report() {
        std::ranges::sort(lengths_);
        auto const text = [&](std::size_t i) {
            return lengths_.empty() ? std::string{"none"} : std::to_string(lengths_.at(i));
        };
        ::testing::Test::RecordProperty("worst_job_lengths", text(lengths_.size() - 1));
        ::testing::Test::RecordProperty("median_job_lengths", text(lengths_.size() / 2));
        ::testing::Test::RecordProperty("held_to_it", static_cast<int>(lengths_.size()));
        ::testing::Test::RecordProperty("started_at_once", at_once_);
        ::testing::Test::RecordProperty("most_put_back_before", put_back_most_);
    }

  private:
    std::vector<double> lengths_;
    int at_once_ = 0;
    int put_back_most_ = 0;
};

TEST(Newcomer, StartsWithinOneJobHoweverMuchAnotherQueued) {
    test::use_memory_as_disk();
    test::TempFolder const folder;
    auto const queue_file = folder / "queue.db";
    auto const file = folder / "stemlathe.db";
    auto const [first, count] = newcomers();
    Starts starts;
    std::optional<std::uint64_t> built;
    for (auto seed = first; seed < first + count && !HasFailure(); ++seed) {
        SCOPED_TRACE("STEMLATHE_NEWCOMERS=" + std::to_string(seed) + ":1");
        if (built != seed / kSeedsOfAQueue) {
            built = seed / kSeedsOfAQueue;
            std::filesystem::remove(queue_file);
            build_queue(queue_file, *built);
        }
        std::filesystem::copy_file(
            queue_file, file, std::filesystem::copy_options::overwrite_existing
        );
        Place place{file, seed};
        starts.add(Seats{place, seed}.run());
    }
    starts.report();
}

} // namespace

} // namespace stemlathe::service
