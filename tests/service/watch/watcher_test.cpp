#include "service/watch/watcher.hpp"
#include "tests/service/client/fake_service.hpp"
#include "tests/support/files.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace stemlathe::test {

namespace {

using std::chrono::milliseconds;

constexpr int kRate_hz = 44'100;

class WatcherThreads : public testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::create_directories(box);
        fake.set_outputs({{"masters/cd/song.wav", "master"}, {"manifest.json", "{}"}});
    }

    std::unique_ptr<service::Watcher> watcher() {
        return std::make_unique<service::Watcher>(service::WatchSettings{
            .folder = box,
            .state_folder = temp / "state",
            .remote = fake.settings(),
            .quiet = milliseconds{50},
            .look_every = milliseconds{10},
            .again_after = milliseconds{10},
            .log = [this](std::string const& sentence) {
                std::scoped_lock const lock{mutex};
                log += sentence + "\n";
                said.notify_all();
            }});
    }

    /// A session that is complete from the start.
    void drop(std::string const& name) {
        write_session(temp / "made" / name, 0.3, kRate_hz);
        write_file(temp / "made" / name / ".done", "");
        std::filesystem::rename(temp / "made" / name, box / name);
    }

    /// Until the log says it. A watcher that never does ends the test by its time limit.
    void await(std::string const& words) {
        std::unique_lock lock{mutex};
        said.wait(lock, [&] { return log.find(words) != std::string::npos; });
    }

    TempFolder const temp{};
    std::filesystem::path const box = temp / "box";
    FakeService fake{};
    std::mutex mutex{};
    std::condition_variable said{};
    std::string log{};
};

TEST_F(WatcherThreads, MastersWhatIsDropped) {
    auto const running = watcher();
    drop("song");
    await("song: done");
    EXPECT_EQ(read_file(box / "song.result/masters/cd/song.wav"), "master");
    EXPECT_EQ(fake.orders().size(), 1U);
}

TEST_F(WatcherThreads, MastersAFolderThatGrowsQuiet) {
    auto const running = watcher();
    write_session(box / "song", 0.3, kRate_hz);
    await("song: done");
    EXPECT_TRUE(std::filesystem::exists(box / "song.result/manifest.json"));
}

TEST_F(WatcherThreads, MastersAFolderOnce) {
    {
        auto const running = watcher();
        drop("song");
        await("song: done");
    }
    {
        auto const again = watcher();
        drop("other");
        await("other: done"); // so it has looked at both
    }
    EXPECT_EQ(fake.sessions().size(), 2U);
    EXPECT_EQ(fake.orders().size(), 2U);
}

TEST_F(WatcherThreads, GoesOnAfterARestartInTheMiddle) {
    drop("song");
    fake.fail_before([](FakeRequest const& request) -> std::optional<FakeReply> {
        bool const is_look = request.path.starts_with("/v1/renders/");
        return is_look ? std::optional{FakeReply{.status = 503}} : std::nullopt;
    });
    {
        auto const running = watcher();
        await("cannot do it now"); // ordered, but not followed to its end
    }
    EXPECT_FALSE(std::filesystem::exists(box / "song.result"));
    fake.fail_before({});
    auto const again = watcher();
    await("song: done");
    EXPECT_EQ(fake.sessions().size(), 1U);
    EXPECT_EQ(fake.orders().size(), 1U);
    EXPECT_TRUE(std::filesystem::exists(box / "song.result/manifest.json"));
}

TEST_F(WatcherThreads, SaysInAFileWhyThereAreNoMasters) {
    auto const running = watcher();
    write_file(box / "song/notes.txt", "no stems in here");
    write_file(box / "song/.done", "");
    await("song: failed");
    EXPECT_FALSE(read_file(box / "song.result/FAILED.txt").empty());
    EXPECT_TRUE(fake.orders().empty());
}

TEST_F(WatcherThreads, SaysInAFileWhyARenderFailed) {
    fake.end_renders_with(
        {{"state", "failed"}, {"problem", {{"code", "not_a_number"}, {"message", "NaN in it"}}}}
    );
    auto const running = watcher();
    drop("song");
    await("song: failed");
    EXPECT_EQ(tree_of(box / "song.result"), std::vector<std::string>{"FAILED.txt"});
    EXPECT_NE(read_file(box / "song.result/FAILED.txt").find("NaN in it"), std::string::npos);
}

TEST_F(WatcherThreads, TriesAgainWhereTheServiceIsAway) {
    fake.fail_before(first(3, "POST /v1/sessions", {.status = 503}));
    auto const running = watcher();
    drop("song");
    await("song: done");
}

TEST_F(WatcherThreads, MastersSeveralAtOnce) {
    auto const running = watcher();
    for (auto const* name : {"one", "two", "three", "four", "five", "six"}) {
        drop(name);
    }
    for (auto const* name : {"one", "two", "three", "four", "five", "six"}) {
        await(std::string{name} + ": done");
    }
    EXPECT_EQ(fake.orders().size(), 6U);
}

TEST_F(WatcherThreads, SharesAFolderWithNobody) {
    auto const running = watcher();
    EXPECT_TRUE(fails_with(Code::invalid_argument, box.string(), [&] {
        static_cast<void>(watcher());
    }));
}

TEST_F(WatcherThreads, NeedsAFolder) {
    std::filesystem::remove(box);
    EXPECT_TRUE(fails_with(Code::invalid_argument, "is no folder", [&] {
        static_cast<void>(watcher());
    }));
}

} // namespace

} // namespace stemlathe::test
