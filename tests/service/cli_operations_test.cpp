#include "service/blobs/scrub_record.hpp"
#include "tests/service/backup/house.hpp"
#include "tests/service/metrics/exposition_reader.hpp"
#include "tests/service/program.hpp"
#include "tests/service/store/test_database.hpp"

#include <arpa/inet.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <optional>

/// `audit`, `backup`, `restore` and `scrub` as an operator has them, beside a service and without.
namespace stemlathe::test {

namespace {

namespace fs = std::filesystem;
constexpr char const* kOwner = "owner-token-of-the-environment";

bool tells(std::string const& text, std::string const& words) {
    return text.find(words) != std::string::npos;
}

/// A socket bound or connected to 127.0.0.1.
class Socket {
  public:
    Socket() = default;
    Socket(Socket const&) = delete;
    Socket& operator=(Socket const&) = delete;

    ~Socket() {
        ::close(socket_);
    }

    /// A port that nobody listens on.
    int free_port() {
        auto address = local(0);
        socklen_t bytes = sizeof(address);
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), bytes), 0);
        EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &bytes), 0);
        return ntohs(address.sin_port);
    }

    std::string get(int port, std::string const& path) {
        auto address = local(port);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
        auto const head =
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        EXPECT_EQ(::send(socket_, head.data(), head.size(), 0), static_cast<ssize_t>(head.size()));
        std::string answer;
        std::array<char, 4096> block{};
        while (auto const got = ::recv(socket_, block.data(), block.size(), 0)) {
            if (got < 0) {
                break;
            }
            answer.append(block.data(), static_cast<std::size_t>(got));
        }
        return answer;
    }

  private:
    static sockaddr_in local(int port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

/// A house with two stems and a master, whose folder services and commands work on.
class Operations : public ::testing::Test {
  protected:
    void SetUp() override {
        stem = house.add_stem("01_Drums.wav");
        house.add_stem("02_Vocals.wav");
        house.add_master("masters/cd/Song.wav");
        house.database.reset(); // so that others may
        house.blobs.reset();
    }

    void serve() {
        serving.emplace(
            std::vector<std::string>{
                "serve",
                "--config",
                (house.folder / "stemlathe.toml").string(),
                "--listen",
                "127.0.0.1:" + std::to_string(port)},
            [] { ::setenv("STEMLATHE_ADMIN_TOKEN", kOwner, 1); }
        );
        // A command of a client waits until the service answers.
        EXPECT_EQ(asked({"audit", "head"}).exit_code, 0);
    }

    void stop() {
        serving->send(SIGTERM);
        auto const outcome = serving->outcome();
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        serving.reset();
    }

    Outcome asked(std::vector<std::string> words) const {
        for (auto const& word :
             {std::string{"--server"},
              "http://127.0.0.1:" + std::to_string(port),
              std::string{"--token"},
              std::string{kOwner}}) {
            words.push_back(word);
        }
        return run_stemlathe(words);
    }

    std::string data() const {
        return house.data().string();
    }

    std::string backup() const {
        return house.backup().string();
    }

    House house{};
    std::string stem{};
    int port = Socket{}.free_port();
    std::optional<Program> serving{};
};

TEST_F(Operations, GoOnBesideAServiceAndWithoutOne) {
    write_file(
        house.folder / "stemlathe.toml",
        "[data]\ndir = \"" + data() +
            "\"\nkeep_free_percent = 0\nkeep_free_gib = 0\n[worker]\ndevices = [\"cpu\"]\n"
    );
    serve();
    auto const held = run_stemlathe({"backup", "--to", backup(), "--data", data()});
    EXPECT_EQ(held.exit_code, 2);
    EXPECT_TRUE(tells(held.err, "name it with --server")) << held.err;
    auto const made = asked({"backup", "--to", backup(), "--data", data(), "--json"});
    ASSERT_EQ(made.exit_code, 0) << made.err << made.out;
    EXPECT_EQ(made.json().at("copied").at("count").as_int64(), 3);
    EXPECT_TRUE(fs::is_empty(house.data() / "snapshots")) << "the command took it away";
    auto const scrubbed = asked({"scrub", "--data", data(), "--json"});
    EXPECT_EQ(scrubbed.exit_code, 0) << scrubbed.err;
    EXPECT_EQ(scrubbed.json().at("blobs").as_int64(), 3);
    auto const by_timer = run_stemlathe({"scrub", "--quiet", "--log", "--data", data()}, [&] {
        ::setenv("STEMLATHE_SERVER", ("http://127.0.0.1:" + std::to_string(port)).c_str(), 1);
        ::setenv("STEMLATHE_ADMIN_TOKEN", kOwner, 1);
    });
    EXPECT_EQ(by_timer.exit_code, 0) << by_timer.err;
    EXPECT_TRUE(tells(by_timer.err, R"("level":"info","event":"scrub","files":3,)"))
        << by_timer.err;

    auto const log = asked({"audit", "export"});
    EXPECT_EQ(log.exit_code, 0);
    EXPECT_TRUE(tells(log.out, "\"action\":\"snapshot.created\"")) << log.out;
    write_file(house.folder / "log.ndjson", log.out);
    auto const noted = asked({"audit", "head"}).out;
    auto const verified = run_stemlathe(
        {"audit",
         "verify",
         (house.folder / "log.ndjson").string(),
         "--head",
         noted.substr(0, noted.size() - 1)}
    );
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    EXPECT_TRUE(tells(verified.out, "is as it was written: ")) << verified.out;

    auto const figures = Socket{}.get(port, "/metrics");
    auto const read = read_exposition(figures.substr(figures.find("\r\n\r\n") + 4));
    EXPECT_TRUE(read.faults.empty()) << read.faults.front();
    EXPECT_EQ(read.value("stemlathe_blobs"), 3.0);
    EXPECT_EQ(read.value("stemlathe_scrub_files"), 3.0);
    EXPECT_EQ(read.value("stemlathe_scrub_damaged"), 0.0);
    EXPECT_GT(read.value("stemlathe_scrub_finished_timestamp_seconds"), 1.7e9);
    EXPECT_EQ(
        read.value("stemlathe_http_requests_total{method=\"POST\",operation=\"/v1/snapshots\","
                   "status=\"2xx\"}"),
        3.0
    );
    EXPECT_GT(read.value("stemlathe_database_seconds_count{what=\"commit\"}"), 1.0);
    EXPECT_TRUE(tells(figures, "RateLimit: \"address\";r=99")) << figures.substr(0, 900);
    stop();

    // Nobody works on it: the same commands read it themselves.
    auto const head = run_stemlathe({"audit", "head", "--data", data()});
    EXPECT_EQ(head.out, noted);
    EXPECT_EQ(run_stemlathe({"backup", "--to", backup(), "--data", data()}).exit_code, 0);
    EXPECT_EQ(run_stemlathe({"scrub", "--backup", backup(), "--quiet"}).out, "");
    fs::remove_all(house.data());
    auto const restored = run_stemlathe({"restore", "--from", backup(), "--data", data()});
    EXPECT_EQ(restored.exit_code, 0) << restored.err;
    EXPECT_EQ(run_stemlathe({"scrub", "--data", data()}).exit_code, 0);
    serve(); // it is an installation again
    stop();
}

TEST_F(Operations, NameWhatWasTamperedWithAndWhatIsDamaged) {
    auto const head = run_stemlathe({"audit", "head", "--data", data()}).out;
    {
        auto const database = open_database(house.data());
        database->query("UPDATE audit SET actor='somebody else' WHERE seq=1");
    }
    auto const changed = run_stemlathe({"audit", "verify", "--data", data(), "--json"});
    EXPECT_EQ(changed.exit_code, 4);
    EXPECT_EQ(changed.json().at("first_wrong").as_int64(), 1);
    {
        auto const database = open_database(house.data());
        database->query("DELETE FROM audit");
    }
    EXPECT_EQ(run_stemlathe({"audit", "verify", "--data", data()}).exit_code, 0);
    auto const cut = run_stemlathe(
        {"audit", "verify", "--data", data(), "--head", head.substr(0, head.size() - 1)}
    );
    EXPECT_EQ(cut.exit_code, 4);
    EXPECT_TRUE(tells(cut.out, "entry 1 is missing")) << cut.out;

    flip_a_bit(house.blob_file(stem));
    auto const scrubbed = run_stemlathe({"scrub", "--data", data(), "--log"});
    EXPECT_TRUE(tells(scrubbed.err, R"("level":"error","event":"scrub","files":)")) << scrubbed.err;
    EXPECT_TRUE(tells(scrubbed.err, R"("damaged":1})")) << scrubbed.err;
    {
        auto const database = open_database(house.data());
        auto const noted = service::last_scrub(*database);
        ASSERT_TRUE(noted);
        EXPECT_EQ(noted->damaged, 1);
    }
    EXPECT_EQ(scrubbed.exit_code, 4);
    EXPECT_TRUE(tells(scrubbed.out, stem)) << scrubbed.out;
    EXPECT_TRUE(tells(scrubbed.out, "needed: 01_Drums.wav, stem stm_")) << scrubbed.out;
    auto const made = run_stemlathe({"backup", "--to", backup(), "--data", data(), "--json"});
    EXPECT_EQ(made.exit_code, 4);
    EXPECT_EQ(made.json().at("damaged").at(0).at("sha256").as_string(), stem);
    EXPECT_EQ(run_stemlathe({"restore", "--from", data(), "--data", data()}).exit_code, 2);
}

} // namespace

} // namespace stemlathe::test
