#include "tests/host/mastered.hpp"

#include <limits>

namespace stemlathe::test {

namespace {

class Determinism : public Mastered {
  protected:
    Determinism() {
        unmasks_ = true;
    }

    void expect_same(std::string const& a, std::string const& b) const {
        auto const first = bytes_of(a);
        auto const second = bytes_of(b);
        ASSERT_FALSE(first.empty());
        ASSERT_EQ(first.size(), second.size());
        for (auto const& [path, bytes] : first) {
            ASSERT_TRUE(second.contains(path)) << path;
            EXPECT_TRUE(second.at(path) == bytes) << path << " differs";
        }
    }
};

TEST_F(Determinism, HoldsForThreadsSegmentsAndRuns) {
    write_session(session(), 3.0, 44'100);
    Options options{.plan = kBusyPlan, .threads = 1, .out = "a"};
    (void)master(options);
    for (auto const& [threads, segment] :
         {std::pair{1, std::int64_t{0}},
          std::pair{2, std::int64_t{0}},
          std::pair{2, std::int64_t{4096}},
          std::pair{1, std::int64_t{1000}},
          std::pair{2, std::numeric_limits<std::int64_t>::max()}}) {
        options.threads = threads;
        options.segment_frames = segment;
        options.out = "b";
        (void)master(options);
        SCOPED_TRACE(testing::Message() << threads << " threads, segments of " << segment);
        expect_same("a", "b");
    }
}

TEST_F(Determinism, HoldsForTheResolvedPlanFedBack) {
    write_session(session(), 3.0, 44'100);
    std::vector<std::string> const deliver{
        "streaming", "cd", "vinyl", "broadcast", "flac", "stems"};
    (void)master({.plan = kBusyPlan, .deliver = deliver, .out = "a"});
    (void)master({.plan = read_file(out("a") / "plan.toml"), .out = "b"});
    expect_same("a", "b");
}

TEST_F(Determinism, HoldsForMixedRates) {
    write_session(session(), 2.0, 48'000);
    write_stem_24(session() / "06_Guitar.wav", pink_noise({.frames = 66'000}), 44'100);
    (void)master({.deliver = {"archive", "cd"}, .threads = 1, .segment_frames = 777, .out = "a"});
    (void)master({.deliver = {"archive", "cd"}, .out = "b"});
    expect_same("a", "b");
}

} // namespace

} // namespace stemlathe::test
