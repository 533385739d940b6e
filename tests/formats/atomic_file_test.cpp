#include "formats/atomic_file.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

using Names = std::vector<std::string>;

TEST(AtomicFile, AppearsOnlyWhenCommitted) {
    TempFolder const folder;
    {
        AtomicFile file{folder / "a.txt"};
        write_file(file.temporary(), "new");
        EXPECT_FALSE(std::filesystem::exists(folder / "a.txt"));
        EXPECT_EQ(file.temporary().parent_path(), folder.path());
        file.commit();
        EXPECT_EQ(read_file(folder / "a.txt"), "new");
    }
    EXPECT_EQ(tree_of(folder.path()), Names{"a.txt"});
}

TEST(AtomicFile, LeavesTheOldFileAloneUntilThen) {
    TempFolder const folder;
    write_file(folder / "a.txt", "old");
    {
        AtomicFile const file{folder / "a.txt"};
        write_file(file.temporary(), "half");
    }
    EXPECT_EQ(read_file(folder / "a.txt"), "old");
    EXPECT_EQ(tree_of(folder.path()), Names{"a.txt"}) << "a temporary was left behind";
}

TEST(AtomicFile, GivesEachWriterATemporaryOfItsOwn) {
    TempFolder const folder;
    AtomicFile const first{folder / "a.txt"};
    AtomicFile const second{folder / "a.txt"};
    EXPECT_NE(first.temporary(), second.temporary());
}

TEST(AtomicFile, ReplacesTextWhole) {
    TempFolder const folder;
    write_text_atomically(folder / "a.txt", "a long first text");
    write_text_atomically(folder / "a.txt", "short");
    EXPECT_EQ(read_file(folder / "a.txt"), "short");
}

TEST(AtomicFile, SaysWhichFolderIsMissing) {
    TempFolder const folder;
    EXPECT_TRUE(fails_with(Code::not_found, "gone/a.txt", [&] {
        AtomicFile const file{folder / "gone" / "a.txt"};
    }));
}

TEST(AtomicFile, WillNotReplaceAFolder) {
    TempFolder const folder;
    std::filesystem::create_directory(folder / "a");
    AtomicFile file{folder / "a"};
    EXPECT_TRUE(fails_with(Code::storage_failed, "replace", [&] { file.commit(); }));
}

TEST(AtomicFile, SaysWhenTheDiskIsFull) {
    if (!std::filesystem::exists("/dev/full")) {
        GTEST_SKIP() << "this system has no /dev/full";
    }
    TempFolder const folder;
    // A write through this link meets a disk without room.
    std::filesystem::create_symlink("/dev/full", folder / "full");
    EXPECT_TRUE(failure_of([&] { write_text_atomically(folder / "full" / "a", "text"); }));
}

} // namespace

} // namespace stemlathe::test
