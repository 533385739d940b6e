#include "tests/service/program.hpp"
#include "tests/service/store/postgres_cluster.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <arpa/inet.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <future>

/// `serve` and `migrate` with a PostgreSQL, as an operator has them.
namespace stemlathe::test {

namespace {

constexpr char const* kOwner = "owner-token-of-the-environment";

/// A port that nobody listens on.
std::string free_port() {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof(address);
    EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), bytes), 0);
    EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &bytes), 0);
    ::close(socket);
    return std::to_string(ntohs(address.sin_port));
}

/// The data folder, stemlathe.toml and an address of one service.
class House {
  public:
    explicit House(std::string const& store_url) {
        set_store(store_url);
    }

    void set_store(std::string const& store_url) const {
        write_file(
            folder_ / "stemlathe.toml",
            (store_url.empty() ? "" : "[store]\nurl = \"" + store_url + "\"\n") +
                "[data]\nkeep_free_percent = 0\nkeep_free_gib = 0\n[worker]\ndevices = "
                "[\"cpu\"]\nlease_s = 3\n"
        );
    }

    [[nodiscard]] std::vector<std::string> words() const {
        return {
            "serve",
            "--config",
            (folder_ / "stemlathe.toml").string(),
            "--data",
            data(),
            "--listen",
            "127.0.0.1:" + port_};
    }

    [[nodiscard]] std::string data() const {
        return (folder_ / "var").string();
    }

    /// Serves until it goes out of scope, and then ends well.
    class Serving {
      public:
        explicit Serving(House const& house)
            : program_{house.words(), [] {
                           ::setenv("STEMLATHE_ADMIN_TOKEN", kOwner, 1);
                       }} {}

        Serving(Serving const&) = delete;
        Serving& operator=(Serving const&) = delete;

        ~Serving() {
            program_.send(SIGTERM);
            auto const outcome = program_.outcome();
            EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        }

      private:
        Program program_;
    };

    /// A command of a client; it waits until the service answers.
    [[nodiscard]] Outcome client(std::vector<std::string> words) const {
        for (auto const* word : {"--server", "", "--token", kOwner, "--json"}) {
            words.emplace_back(*word == 0 ? "http://127.0.0.1:" + port_ : word);
        }
        return run_stemlathe(words, [state = (folder_ / "state").string()] {
            ::setenv("XDG_STATE_HOME", state.c_str(), 1);
        });
    }

  private:
    TempFolder folder_;
    std::string port_ = free_port();
};

/// What it said on its way out with this code.
std::string words_of(Outcome const& outcome, int exit_code) {
    EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
    return outcome.err;
}

bool tells(std::string const& text, std::string const& words) {
    return text.find(words) != std::string::npos;
}

TEST(PostgreSQLServe, SaysInASentenceWhatIsWrongWithItsUrl) {
    auto const wrong = words_of(run_stemlathe(House{"mysql://db/songs"}.words()), 2);
    EXPECT_TRUE(tells(wrong, "stemlathe: the store's url begins with neither")) << wrong;
    House const lonely{"postgresql://joe:secret@127.0.0.1:1/songs"};
    auto const absent = words_of(run_stemlathe(lonely.words()), 1);
    EXPECT_TRUE(tells(absent, "stemlathe: cannot reach PostgreSQL at 127.0.0.1")) << absent;
    EXPECT_FALSE(tells(absent, "secret")) << absent;
}

TEST(PostgreSQLServe, MastersASessionAndGoesOnAfterAMove) {
    if (PostgresCluster::programs().empty()) {
        GTEST_SKIP() << PostgresCluster::kAbsent;
    }
    PostgresCluster cluster{PostgresCluster::Durability::none};
    TempFolder const songs;
    write_session(songs / "one");
    write_session(songs / "two", 3.0);
    House const house{""};
    auto const mastered = [&](std::string const& song) {
        auto const outcome =
            house.client({"submit", (songs / song).string(), "--deliver", "cd", "--wait"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
        return std::string{outcome.json().at("id").as_string()};
    };
    std::string first;
    {
        House::Serving const serving{house};
        first = mastered("one");
    }
    auto const moved =
        run_stemlathe({"migrate", "--from", house.data(), "--to", cluster.url(), "--json"});
    ASSERT_EQ(moved.exit_code, 0) << moved.err;
    EXPECT_GT(moved.json().at("tables").as_array().size(), 20U);
    auto const old = words_of(run_stemlathe(house.words()), 2);
    EXPECT_TRUE(tells(old, "was moved to PostgreSQL at ")) << old;

    house.set_store(cluster.url());
    House::Serving const serving{house};
    auto const fetched = house.client({"fetch", first, "--out", (songs / "out").string()});
    EXPECT_EQ(fetched.exit_code, 0) << fetched.err << fetched.out;
    EXPECT_FALSE(std::filesystem::is_empty(songs / "out/masters/cd"));
    auto const second = mastered("two");
    cluster.stop();
    cluster.start();
    EXPECT_EQ(house.client({"status", second}).json().at("state").as_string(), "succeeded");
}

/// Killed in whatever it is at: before the upload, in the middle of the queue, under the worker.
TEST(PostgreSQLServe, DeliversOnceThoughItsDatabaseDiesThreeTimes) {
    if (PostgresCluster::programs().empty()) {
        GTEST_SKIP() << PostgresCluster::kAbsent;
    }
    PostgresCluster cluster{PostgresCluster::Durability::full};
    TempFolder const songs;
    write_session(songs / "song");
    House const house{cluster.url()};
    House::Serving const serving{house};
    // Until it serves: one that finds no database at its start ends, and says so.
    EXPECT_EQ(house.client({"status", "ses_none"}).exit_code, 2);
    auto submitted = std::async(std::launch::async, [&] {
        return house.client({"submit", (songs / "song").string(), "--deliver", "cd", "--wait"});
    });
    for (auto const pause_us : {600'000U, 1'100'000U, 1'600'000U}) {
        ::usleep(pause_us);
        cluster.kill();
        cluster.start();
    }
    auto const outcome = submitted.get();
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
    service::PostgresDatabase database{cluster.url()};
    auto const renders =
        database.query("SELECT j.state, count(o.name) AS files, min(o.fence) AS least,"
                       " max(o.fence) AS most FROM render r JOIN job j ON j.id = r.job"
                       " LEFT JOIN output o ON o.job = j.id GROUP BY r.id, j.state");
    ASSERT_EQ(renders.size(), 1U);
    EXPECT_EQ(renders.front().text("state"), "succeeded");
    EXPECT_GT(renders.front().integer("files"), 0);
    EXPECT_EQ(renders.front().integer("least"), renders.front().integer("most"));
}

} // namespace

} // namespace stemlathe::test
