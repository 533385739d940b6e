#include "host/output/output_folder.hpp"
#include "host/report/manifest.hpp"
#include "kernels/base/failure.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;

std::string manifest_of(Names const& outputs) {
    Manifest manifest;
    for (auto const& output : outputs) {
        manifest.outputs.push_back({.path = output, .bytes = 1, .sha256 = "00"});
    }
    return manifest_json(manifest);
}

/// One whole job that writes its name into each of its outputs.
void run_job(fs::path const& out, std::string const& name, Names const& outputs) {
    OutputFolder folder{out};
    for (auto const& output : outputs) {
        write_file(folder.stage(output), name);
    }
    folder.publish(manifest_of(outputs));
}

Failure folder_failure_of(auto&& action) {
    try {
        action();
    } catch (Failure const& failure) {
        return failure;
    }
    ADD_FAILURE() << "nothing failed";
    return Failure{Code::internal, ""};
}

TEST(OutputFolder, ShowsResultsOnlyOncePublished) {
    TempFolder const temp;
    auto const out = temp.path() / "out";
    OutputFolder folder{out};
    write_file(folder.stage("masters/cd/song.wav"), "audio");
    EXPECT_FALSE(fs::exists(out / "masters"));
    folder.publish(manifest_of({"masters/cd/song.wav"}));
    EXPECT_EQ(read_file(out / "masters/cd/song.wav"), "audio");
    EXPECT_EQ(read_file(out / "manifest.json"), manifest_of({"masters/cd/song.wav"}));
}

TEST(OutputFolder, LeavesNothingOfItsOwnBehind) {
    TempFolder const temp;
    run_job(temp.path() / "out", "first", {"plan.toml"});
    EXPECT_EQ(tree_of(temp.path()), (Names{"out/", "out/manifest.json", "out/plan.toml"}));
}

TEST(OutputFolder, LeavesOutAsItWasWithoutPublish) {
    TempFolder const temp;
    run_job(temp.path() / "out", "first", {"plan.toml", "masters/cd/a.wav"});
    auto const before = tree_of(temp.path());
    {
        OutputFolder folder{temp.path() / "out"};
        write_file(folder.stage("plan.toml"), "second");
        write_file(folder.stage("masters/vinyl/b.wav"), "second");
    }
    EXPECT_EQ(tree_of(temp.path()), before);
    EXPECT_EQ(read_file(temp.path() / "out/plan.toml"), "first");
}

TEST(OutputFolder, RemovesTheFoldersItHadToMakeWhenNothingWasPublished) {
    TempFolder const temp;
    { OutputFolder const folder{temp.path() / "a/b/out/"}; }
    EXPECT_EQ(tree_of(temp.path()), Names{});
}

TEST(OutputFolder, LeavesOutAsItWasWhenItsJobIsKilled) {
    TempFolder const temp;
    auto const out = temp.path() / "out";
    run_job(out, "first", {"plan.toml"});
    if (auto const child = ::fork(); child == 0) {
        OutputFolder folder{out};
        write_file(folder.stage("plan.toml"), "second");
        write_file(folder.stage("masters/cd/a.wav"), "second");
        ::_exit(0); // as kill -9: no destructor runs
    } else {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
    }
    EXPECT_EQ(read_file(out / "plan.toml"), "first");
    EXPECT_FALSE(fs::exists(out / "masters"));

    run_job(out, "third", {"plan.toml"}); // the dead job's lock is free and its leftovers go
    EXPECT_EQ(tree_of(out), (Names{"manifest.json", "plan.toml"}));
    EXPECT_EQ(read_file(out / "plan.toml"), "third");
}

TEST(OutputFolder, RefusesASecondJobInWords) {
    TempFolder const temp;
    OutputFolder const first{temp.path() / "out"};
    auto const failure = folder_failure_of([&] { OutputFolder const second{temp.path() / "out"}; });
    EXPECT_EQ(failure.code(), Code::invalid_argument);
    EXPECT_NE(std::string{failure.what()}.find("another job is writing to"), std::string::npos);
}

TEST(OutputFolder, IsFreeAgainAfterAJob) {
    TempFolder const temp;
    { OutputFolder const first{temp.path() / "out"}; }
    EXPECT_NO_THROW(OutputFolder{temp.path() / "out"});
}

TEST(OutputFolder, SaysThatAFileIsNoFolder) {
    TempFolder const temp;
    write_file(temp.path() / "out", "a file");
    auto const failure = folder_failure_of([&] { OutputFolder const folder{temp.path() / "out"}; });
    EXPECT_EQ(failure.code(), Code::invalid_argument);
    EXPECT_NE(std::string{failure.what()}.find("is a file"), std::string::npos);
    EXPECT_EQ(read_file(temp.path() / "out"), "a file");
}

TEST(OutputFolder, SaysThatItCannotWrite) {
    TempFolder const temp;
    // Nobody may make anything here, not even root.
    auto const failure = folder_failure_of([] { OutputFolder const folder{"/proc/self/fd/out"}; });
    EXPECT_EQ(failure.code(), Code::storage_failed);
    EXPECT_NE(std::string{failure.what()}.find("/proc/self/fd/out"), std::string::npos);
}

TEST(OutputFolder, LeavesOutAsItWasWhenTheDiskIsFull) {
    TempFolder const temp;
    auto const out = temp.path() / "out";
    run_job(out, "first", {"plan.toml"});
    auto const before = tree_of(out);
    auto const child = ::fork();
    if (child == 0) {
        // A limit on file size stands for a full disk: the manifest does not fit.
        ::signal(SIGXFSZ, SIG_IGN);
        OutputFolder folder{out};
        write_file(folder.stage("plan.toml"), "second");
        rlimit const limit{.rlim_cur = 16, .rlim_max = RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        try {
            folder.publish(manifest_of({"plan.toml"}));
        } catch (Failure const& failure) {
            folder.~OutputFolder(); // what leaving the scope does
            ::_exit(failure.code() == Code::storage_full ? 7 : 8);
        }
        ::_exit(9);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 7);
    EXPECT_EQ(tree_of(out), before);
    EXPECT_EQ(read_file(out / "plan.toml"), "first");
}

TEST(OutputFolder, RemovesWhatTheFormerManifestListsAndThisOneDoesNot) {
    TempFolder const temp;
    auto const out = temp.path() / "out";
    run_job(out, "first", {"masters/cd/a.wav", "masters/cd/a.cue", "masters/vinyl/b.wav"});
    write_file(out / "masters/vinyl/notes.txt", "the user's own");
    write_file(out / "other/file.txt", "the user's own");
    run_job(out, "second", {"masters/streaming/c.wav"});
    EXPECT_EQ(
        tree_of(out),
        (Names{
            "manifest.json",
            "masters/",
            "masters/streaming/",
            "masters/streaming/c.wav",
            "masters/vinyl/",
            "masters/vinyl/notes.txt",
            "other/",
            "other/file.txt"})
    );
}

TEST(OutputFolder, NeverRemovesAnythingOutsideOut) {
    TempFolder const temp;
    auto const out = temp.path() / "out";
    write_file(temp.path() / "precious.txt", "outside");
    write_file(temp.path() / "elsewhere/precious.txt", "outside");
    fs::create_directories(out);
    fs::create_directory_symlink(temp.path() / "elsewhere", out / "linked");
    write_file(
        out / "manifest.json",
        manifest_of(
            {"../precious.txt",
             "masters/../../precious.txt",
             (temp.path() / "precious.txt").string(),
             "linked/precious.txt",
             "",
             "."}
        )
    );
    run_job(out, "new", {"plan.toml"});
    EXPECT_EQ(read_file(temp.path() / "precious.txt"), "outside");
    EXPECT_EQ(read_file(temp.path() / "elsewhere/precious.txt"), "outside");
    EXPECT_TRUE(fs::is_symlink(out / "linked"));
}

TEST(OutputFolder, TakesAnUnreadableFormerManifestForNone) {
    TempFolder const temp;
    auto const out = temp.path() / "out";
    write_file(out / "manifest.json", "{\"schema\": \"stemlathe.manifest/1\", \"outputs\": [3, ");
    run_job(out, "new", {"plan.toml"});
    EXPECT_EQ(read_file(out / "plan.toml"), "new");
}

TEST(OutputFolder, ChangesNothingWhereAFolderLiesInAResultsPlace) {
    TempFolder const temp;
    auto const out = temp.path() / "out";
    write_file(out / "report.json/mine.txt", "the user's own");
    auto const before = tree_of(out);
    auto const failure = folder_failure_of([&] {
        run_job(out, "new", {"masters/a.wav", "report.json"});
    });
    EXPECT_EQ(failure.code(), Code::storage_failed);
    EXPECT_EQ(tree_of(out), before);
}

} // namespace

} // namespace stemlathe::test
