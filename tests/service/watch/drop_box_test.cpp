#include "service/watch/drop_box.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

using std::chrono::seconds;

/// Time passes only as the test says.
class DropBox : public testing::Test {
  protected:
    std::vector<std::string> after(int seconds_passed) {
        now += seconds{seconds_passed};
        std::vector<std::string> names;
        for (auto const& session : box.complete(now)) {
            names.push_back(session.filename().string());
        }
        return names;
    }

    TempFolder const temp{};
    service::DropBox box{temp.path(), seconds{10}};
    service::DropBox::Clock::time_point now{};
};

using Names = std::vector<std::string>;

TEST_F(DropBox, WaitsUntilNothingChangesAnyMore) {
    write_file(temp / "song/01_Drums.wav", "a");
    EXPECT_EQ(after(0), Names{});
    EXPECT_EQ(after(9), Names{});
    write_file(temp / "song/01_Drums.wav", "ab"); // still being copied
    EXPECT_EQ(after(9), Names{});
    write_file(temp / "song/references/x.mp3", "x");
    EXPECT_EQ(after(9), Names{});
    EXPECT_EQ(after(9), Names{});
    EXPECT_EQ(after(1), Names{"song"});
    EXPECT_EQ(after(0), Names{"song"}); // until it has a result
}

TEST_F(DropBox, TakesAMarkerAtItsWord) {
    for (auto const* marker : {".done", ".ready", "ready"}) {
        auto const song = temp / marker;
        std::filesystem::create_directories(temp / (std::string{"song"} + marker));
        write_file(temp / (std::string{"song"} + marker) / marker, "");
    }
    EXPECT_EQ(after(0), (Names{"song.done", "song.ready", "songready"}));
}

TEST_F(DropBox, LeavesWhatHasItsResult) {
    write_file(temp / "song/.done", "");
    EXPECT_EQ(after(0), Names{"song"});
    write_file(temp / "song.result/FAILED.txt", "no stems");
    EXPECT_EQ(after(60), Names{});
    std::filesystem::remove_all(temp / "song.result"); // somebody wants it again
    EXPECT_EQ(after(60), Names{"song"});
}

TEST_F(DropBox, LooksAtFoldersOnly) {
    write_file(temp / "loose.wav", "a");
    write_file(temp / ".hidden/.done", "");
    write_file(temp / "other.result/.done", "");
    write_file(temp / "elsewhere" / "song" / ".done", "");
    std::filesystem::create_directory_symlink(temp / "elsewhere" / "song", temp / "link");
    std::filesystem::create_directories(temp / "empty");
    EXPECT_EQ(after(0), Names{});
    EXPECT_EQ(after(60), Names{"elsewhere"}); // has files, if only deeper
}

TEST_F(DropBox, IsEmptyWhereTheFolderIsGone) {
    write_file(temp / "song/.done", "");
    std::filesystem::remove_all(temp.path());
    EXPECT_EQ(after(0), Names{});
}

} // namespace

} // namespace stemlathe::test
