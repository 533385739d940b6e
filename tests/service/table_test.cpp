#include "host/run.hpp"
#include "service/cli/failure_report.hpp"
#include "service/cli/progress_line.hpp"
#include "service/cli/table.hpp"

#include <gtest/gtest.h>

namespace stemlathe::service {

namespace {

TEST(Table, AlignsColumnsByCharactersNotBytes) {
    using enum Table::Align;
    Table table{{{"File", left}, {"LUFS", right}}};
    table.row({"Füße.wav", "-14.0"});
    table.row({"a.wav", "-9.5"});
    EXPECT_EQ(table.text(), "File       LUFS\nFüße.wav  -14.0\na.wav      -9.5\n");
}

TEST(Figure, IsADashWhereThereIsNone) {
    EXPECT_EQ(figure(-14.04), "-14.0");
    EXPECT_EQ(figure(std::nullopt), "-");
}

TEST(ProgressText, SaysStagePercentSpeedAndWhatIsLeft) {
    EXPECT_EQ(
        progress_text({.stage = "render", .percent = 42.0, .x_realtime = 118.2, .eta_s = 2.3}),
        "render       42 %  118x realtime  3 s left"
    );
    EXPECT_EQ(
        progress_text({.stage = "deliver", .percent = 9.0, .x_realtime = 0.0, .eta_s = 61.0}),
        "deliver       9 %  1:01 min left"
    );
}

/// Contract section 2; every code stands here.
TEST(ExitCode, FollowsTheContract) {
    EXPECT_EQ(exit_code_of(Code::invalid_argument), 2);
    EXPECT_EQ(exit_code_of(Code::invalid_session), 2);
    EXPECT_EQ(exit_code_of(Code::invalid_plan), 2);
    EXPECT_EQ(exit_code_of(Code::not_found), 2);
    EXPECT_EQ(exit_code_of(Code::unreadable), 2);
    EXPECT_EQ(exit_code_of(Code::no_device), 2);
    EXPECT_EQ(exit_code_of(Code::intake_refused), 3);
    EXPECT_EQ(exit_code_of(Code::cancelled), 130);
    for (auto const code :
         {Code::not_a_number,
          Code::device_lost,
          Code::out_of_memory,
          Code::storage_full,
          Code::storage_failed,
          Code::internal}) {
        EXPECT_EQ(exit_code_of(code), 1) << name_of(code);
    }
}

} // namespace

} // namespace stemlathe::service
