#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"
#include "service/tls/tls_keeper.hpp"
#include "tests/service/http/http_fixture.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

/// Certificates that change while the service runs.
namespace stemlathe::test {

namespace {

using std::chrono::milliseconds;

/// A server whose certificate a keeper keeps. Serials are those of CertificateWish.
class TlsKeeperOf : public HttpFixture {
  protected:
    TlsKeeperOf() : HttpFixture{Road::tls} {}

    void TearDown() override {
        server.reset(); // before the keeper that it asks
    }

    void keep(milliseconds look_every) {
        files = put(authority.issue({.serial = 1}), temp.path());
        make_keeper(look_every);
        settings.make_wire = [this](int socket) {
            return keeper->make_wire(socket);
        };
        say_hello_at("/hello");
        start();
    }

    void make_keeper(milliseconds look_every) {
        keeper = std::make_unique<service::TlsKeeper>(service::TlsKeeperSettings{
            .files = files, .look_every = look_every, .changed = [this](auto const& facts) {
                std::lock_guard const lock{mutex};
                told.insert(facts.serial);
                changed.notify_all();
            }});
    }

    /// Whether it is in use before long.
    bool comes(std::string const& serial) {
        std::unique_lock lock{mutex};
        return changed.wait_for(lock, std::chrono::seconds{60}, [&] {
            return told.contains(serial);
        });
    }

    std::string served_serial() {
        auto one = client();
        EXPECT_EQ(one.get("/hello").status, 200);
        return one.tls().serial();
    }

    TempFolder const temp{};
    service::TlsFiles files{};
    std::unique_ptr<service::TlsKeeper> keeper{};
    std::mutex mutex{};
    std::condition_variable changed{};
    std::set<std::string> told{}; ///< under mutex
};

class TlsThreads : public TlsKeeperOf {};

constexpr milliseconds kNever = std::chrono::hours{1};

TEST_F(TlsKeeperOf, GivesNewConnectionsTheNewOneAndLeavesOpenOnesAlone) {
    keep(kNever);
    auto open = client();
    EXPECT_EQ(open.get("/hello").status, 200);
    put(authority.issue({.serial = 2}), temp.path());
    EXPECT_EQ(served_serial(), "1") << "nobody has looked";
    keeper->reload();
    EXPECT_EQ(served_serial(), "2");
    EXPECT_EQ(open.get("/hello").status, 200);
    EXPECT_EQ(open.tls().serial(), "1");
    EXPECT_EQ(told, (std::set<std::string>{"01", "02"}));
    EXPECT_EQ(keeper->facts().serial, "02");
}

TEST_F(TlsKeeperOf, NoticesNewFiles) {
    keep(milliseconds{20});
    put(authority.issue({.serial = 2}), temp.path());
    EXPECT_TRUE(comes("02"));
    EXPECT_EQ(served_serial(), "2");
}

/// As certbot does it: what is named are links, and they come to name other files.
TEST_F(TlsKeeperOf, NoticesThatALinkNamesAnotherFile) {
    TempFolder const one;
    TempFolder const other;
    auto const first = put(authority.issue({.serial = 7}), one.path());
    auto const second = put(authority.issue({.serial = 8}), other.path());
    files = {.certificate = temp / "live.pem", .key = temp / "live.key"};
    std::filesystem::create_symlink(first.certificate, files.certificate);
    std::filesystem::create_symlink(first.key, files.key);
    make_keeper(milliseconds{20});
    EXPECT_EQ(keeper->facts().serial, "07");
    for (auto const& [link, target] :
         {std::pair{files.certificate, second.certificate}, std::pair{files.key, second.key}}) {
        std::filesystem::create_symlink(target, temp / "next");
        std::filesystem::rename(temp / "next", link);
    }
    EXPECT_TRUE(comes("08"));
    EXPECT_EQ(keeper->facts().serial, "08");
}

TEST_F(TlsKeeperOf, KeepsTheOldOneWhereTheNewOneIsNoGood) {
    keep(milliseconds{10});
    auto const good = authority.issue({.serial = 2});
    auto const refuse = [&](std::string const& certificate, std::string const& key) {
        write_text(files.certificate, certificate);
        write_text(files.key, key);
        keeper->reload();
        EXPECT_EQ(served_serial(), "1");
    };
    refuse("rubbish", good.key);
    refuse(good.certificate, "rubbish");
    refuse(good.certificate, authority.issue({}).key);
    auto const weak = authority.issue({.serial = 3, .key = TestKey::rsa_1024});
    refuse(weak.certificate, weak.key);
    std::filesystem::remove(files.key);
    keeper->reload();
    EXPECT_EQ(served_serial(), "1");
    EXPECT_EQ(told, std::set<std::string>{"01"});
    put(good, temp.path());
    EXPECT_TRUE(comes("02")) << "what comes after a bad one is noticed";
    EXPECT_EQ(served_serial(), "2");
}

TEST_F(TlsKeeperOf, IsNotMadeOfBadFiles) {
    TempFolder const empty;
    EXPECT_THROW(
        (service::TlsKeeper{{.files = {.certificate = empty / "a.pem", .key = empty / "a.key"}}}),
        Failure
    );
}

/// No request fails while certificates come and go, good and bad ones.
TEST_F(TlsThreads, ServeEverybodyWhileTheyReload) {
    keep(milliseconds{1});
    std::atomic<bool> goes_on{true};
    std::atomic<int> served{0};
    std::set<std::string> seen;
    std::vector<std::thread> threads;
    threads.emplace_back([&] {
        auto kept = client();
        while (goes_on) {
            EXPECT_EQ(kept.get("/hello").status, 200);
            ++served;
        }
        EXPECT_EQ(kept.tls().serial(), "1");
    });
    threads.emplace_back([&] {
        while (goes_on) {
            seen.insert(served_serial());
            ++served;
        }
    });
    for (long serial = 2; serial <= 21; ++serial) {
        auto const before = served.load();
        if (serial % 4 == 0) {
            write_text(files.key, "rubbish");
            keeper->reload();
        }
        put(authority.issue({.serial = serial}), temp.path());
        keeper->reload();
        while (served < before + 20) {
            std::this_thread::yield();
        }
    }
    goes_on = false;
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(served_serial(), "21");
    EXPECT_GT(seen.size(), 10U);
}

} // namespace

} // namespace stemlathe::test
