#include "tests/service/server/farm_jobs.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

std::string job_of(Farm& farm, std::string const& render) {
    return farm.database()
        .query("SELECT id FROM job WHERE subject=$1", {render})
        .front()
        .text("id");
}

std::string outcomes_of(Farm& farm, std::string const& job) {
    std::string outcomes;
    for (auto const& row :
         farm.database().query("SELECT outcome FROM attempt WHERE job=$1 ORDER BY fence", {job})) {
        outcomes += (outcomes.empty() ? "" : " ") + row.maybe_text("outcome").value_or("open");
    }
    return outcomes;
}

void expect_lost_and_done_again(Farm& farm, std::string const& job) {
    auto const outcomes = outcomes_of(farm, job);
    EXPECT_TRUE(outcomes.starts_with("lost ") && outcomes.ends_with(" succeeded")) << outcomes;
    EXPECT_EQ(outcomes.find("succeeded"), outcomes.rfind("succeeded")) << outcomes;
}

std::string owner_of(Farm& farm, std::string const& job) {
    return farm.database()
        .query("SELECT owner FROM attempt WHERE job=$1 ORDER BY fence DESC", {job})
        .front()
        .text("owner");
}

} // namespace stemlathe::test
