#include "tests/host/mastered.hpp"

#include <cmath>

namespace stemlathe::test {

namespace {

/// Every stage that a plan can name, and float files, so that dither hides nothing: the bus as it
/// is, a loud limited master, one at another rate, and the vinyl chain.
std::string all_stages() {
    return std::string{kBusyPlan} + R"(
[[delivery]]
profile = "archive"
[[delivery]]
profile = "streaming"
name = "loud"
bit_depth = "float"
integrated_lufs = -10.0
[[delivery]]
profile = "broadcast"
bit_depth = "float"
integrated_lufs = -14.0
[[delivery]]
profile = "vinyl"
bit_depth = "float"
)";
}

class Parity : public Mastered, public ::testing::WithParamInterface<std::string> {
  protected:
    /// Largest difference of a delivery's samples between two reports, dBFS.
    [[nodiscard]] double difference_dbfs(std::string const& path) const {
        auto const a = read_audio(out("cpu") / path);
        auto const b = read_audio(out("card") / path);
        EXPECT_EQ(a.size(), b.size());
        double most = 0.0;
        for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
            most = std::max(most, std::abs(double{a[i]} - double{b[i]}));
        }
        return 20.0 * std::log10(std::max(most, 1e-20));
    }
};

TEST_P(Parity, HoldsForOneResolvedPlan) {
    // What architecture 2.7 promises: the two transforms round differently, all else is one
    // formula.
    constexpr double kParity_dbfs = -110.0;
    std::unique_ptr<Backend> card;
    try {
        card = open_backend(parse_backend_choice(GetParam()));
    } catch (Failure const& failure) {
        GTEST_SKIP() << failure.what();
    }
    write_session(session(), 2.0, 44'100);
    auto const on_cpu = master({.plan = all_stages(), .out = "cpu"});
    backend_ = std::move(card);
    auto const resolved = read_file(out("cpu") / "plan.toml");
    auto const on_card = master({.plan = resolved, .out = "card"});
    ASSERT_EQ(on_cpu.deliveries.size(), 4U);
    ASSERT_EQ(on_card.deliveries.size(), 4U);
    for (std::size_t i = 0; i < on_cpu.deliveries.size(); ++i) {
        auto const& path = on_cpu.deliveries[i].files.at(0).path;
        EXPECT_LT(difference_dbfs(path), kParity_dbfs) << path;
        EXPECT_EQ(on_card.deliveries[i].within_spec, on_cpu.deliveries[i].within_spec) << path;
    }
    EXPECT_GT(on_cpu.deliveries[1].gain_reduction_max_db, 1.0); // the limiter had work to do
}

INSTANTIATE_TEST_SUITE_P(On, Parity, ::testing::Values("cuda"), [](auto const& variant) {
    return variant.param;
});

} // namespace

} // namespace stemlathe::test
