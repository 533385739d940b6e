#include "service/doctor/checks.hpp"
#include "tests/service/program.hpp"
#include "tests/service/tls/test_certificate.hpp"
#include "tests/support/temp_folder.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stemlathe::test {

namespace {

using service::Check;
using service::Verdict;

constexpr std::int64_t kGiB = std::int64_t{1} << 30U;

void expect(Check const& check, Verdict verdict, std::string const& words = "") {
    EXPECT_EQ(name_of(check.verdict), name_of(verdict)) << check.message;
    EXPECT_NE(check.message.find(words), std::string::npos) << check.message;
}

TEST(Doctor, JudgesMemory) {
    expect(service::judge_memory(kGiB), Verdict::fail, "give the machine");
    expect(service::judge_memory(3 * kGiB), Verdict::warn);
    expect(service::judge_memory(64 * kGiB), Verdict::ok, "64.0 GiB");
}

TEST(Doctor, JudgesTheFileSystem) {
    expect(service::judge_file_system(NFS_SUPER_MAGIC, "/data"), Verdict::fail, "NFS");
    expect(service::judge_file_system(TMPFS_MAGIC, "/data"), Verdict::warn, "restarts");
    expect(service::judge_file_system(OVERLAYFS_SUPER_MAGIC, "/data"), Verdict::warn, "container");
    expect(service::judge_file_system(EXT4_SUPER_MAGIC, "/data"), Verdict::ok);
}

TEST(Doctor, JudgesFreeSpace) {
    expect(service::judge_free_space(kGiB / 2, 100 * kGiB), Verdict::fail);
    expect(service::judge_free_space(15 * kGiB, 100 * kGiB), Verdict::warn, "507");
    expect(service::judge_free_space(50 * kGiB, 1000 * kGiB), Verdict::warn); // under ten percent
    expect(service::judge_free_space(200 * kGiB, 1000 * kGiB), Verdict::ok);
}

TEST(Doctor, JudgesHowLongAWriteTakes) {
    expect(service::judge_sync(0.001), Verdict::warn, "power cut");
    expect(service::judge_sync(1.5), Verdict::ok);
    expect(service::judge_sync(80.0), Verdict::warn, "SSD");
}

TEST(Doctor, JudgesSqlite) {
    expect(service::judge_sqlite(3'040'001), Verdict::warn, "3.40.1");
    expect(service::judge_sqlite(3'051'002), Verdict::warn);
    expect(service::judge_sqlite(3'051'003), Verdict::ok, "3.51.3");
}

TEST(Doctor, JudgesTheLimitOfOpenFiles) {
    expect(service::judge_open_files(256), Verdict::fail, "LimitNOFILE");
    expect(service::judge_open_files(4'096), Verdict::warn, "10,000 connections");
    expect(service::judge_open_files(1'048'576), Verdict::ok);
}

TEST(Doctor, JudgesTheClock) {
    expect(service::judge_clock(1'000, 2'000, true), Verdict::fail, "Set the clock");
    expect(service::judge_clock(3'000, 2'000, false), Verdict::warn, "chrony");
    expect(service::judge_clock(3'000, 2'000, true), Verdict::ok);
}

TEST(Doctor, JudgesACertificateByItsTime) {
    service::CertificateFacts const facts{
        .subject = "CN = house", .until_s = 100 * service::kDay_s};
    expect(
        service::judge_certificate(facts, 10 * service::kDay_s),
        Verdict::ok,
        "CN = house is valid for another 90 days"
    );
    expect(service::judge_certificate(facts, 90 * service::kDay_s), Verdict::warn, "in 10 days");
    expect(service::judge_certificate(facts, 101 * service::kDay_s), Verdict::fail, "expired on");
    expect(service::judge_certificate(facts, -1), Verdict::fail, "not valid before");
}

TEST(Doctor, LooksAtTheCertificateOfTheConfiguration) {
    TempFolder const temp;
    auto const files = put(TestAuthority{}.issue({}), temp.path());
    auto const config = temp / "stemlathe.toml";
    write_file(
        config,
        "[http]\nlisten = \"127.0.0.1:0\"\n[data]\ndir = \"" + (temp / "data").string() +
            "\"\n[tls]\ncertificate = \"" + files.certificate.string() + "\"\nkey = \"" +
            files.key.string() + "\"\n"
    );
    auto const well = run_stemlathe({"doctor", "--config", config});
    EXPECT_NE(
        well.out.find("ok    certificate  CN = localhost is valid for another "), std::string::npos
    ) << well.out;
    EXPECT_NE(well.out.find("127.0.0.1:0 is free"), std::string::npos) << well.out;
    write_file(files.key, "rubbish");
    auto const bad = run_stemlathe({"doctor", "--config", config});
    EXPECT_EQ(bad.exit_code, 1);
    EXPECT_NE(bad.out.find("fail  certificate"), std::string::npos) << bad.out;
}

TEST(Doctor, FindsAFolderThatCannotBeWritten) {
    TempFolder const temp;
    write_file(temp / "file", "");
    expect(service::check_data_folder(temp / "file"), Verdict::fail, "is no folder");
    expect(
        service::check_data_folder("/proc/sys/stemlathe"), Verdict::fail, "nothing can be written"
    );
    auto const there = service::check_data_folder(temp / "not" / "yet");
    EXPECT_NE(there.verdict, Verdict::fail) << there.message;
    EXPECT_EQ(tree_of(temp.path()), std::vector<std::string>{"file"}); // leaves nothing behind
}

TEST(Doctor, MeasuresTheDiskAndLeavesNothing) {
    TempFolder const temp;
    auto const check = service::check_sync(temp.path());
    EXPECT_NE(check.verdict, Verdict::fail) << check.message;
    EXPECT_NE(check.message.find(" ms"), std::string::npos);
    EXPECT_TRUE(tree_of(temp.path()).empty());
}

TEST(Doctor, FindsAPortThatIsTaken) {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(socket, plain, size), 0);
    ASSERT_EQ(::listen(socket, 1), 0);
    ASSERT_EQ(::getsockname(socket, plain, &size), 0);
    auto const listen = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    expect(service::check_port(listen), Verdict::warn, "listens at " + listen);
    ::close(socket);
    expect(service::check_port(listen), Verdict::ok, "is free");
    expect(
        service::check_port("[::1]:0"), service::check_port("[::1]:0").verdict
    ); // understood, if there is IPv6
    expect(service::check_port("8080"), Verdict::fail, "must be an address and a port");
    expect(service::check_port("nowhere:8080"), Verdict::fail, "must be an address and a port");
    expect(
        service::check_port("192.0.2.1:8080"), Verdict::fail, "another address"
    ); // RFC 5737: nobody's
}

TEST(Doctor, SaysOfEverythingHowItIs) {
    TempFolder const temp;
    auto const outcome =
        run_stemlathe({"doctor", "--data", temp / "data", "--listen", "127.0.0.1:0", "--json"});
    bool fails = false;
    std::vector<std::string> names;
    auto const list = outcome.json();
    for (auto const& check : list.as_array()) {
        std::string const verdict{check.at("verdict").as_string()};
        EXPECT_TRUE(verdict == "ok" || verdict == "warn" || verdict == "fail") << verdict;
        EXPECT_FALSE(check.at("message").as_string().empty());
        fails = fails || verdict == "fail";
        names.emplace_back(check.at("name").as_string());
    }
    EXPECT_EQ(outcome.exit_code, fails ? 1 : 0);
    for (auto const* name :
         {"processor",
          "threads",
          "memory",
          "data folder",
          "free space",
          "sync",
          "sqlite",
          "decoder",
          "seccomp",
          "landlock",
          "open files",
          "clock",
          "port"}) {
        EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
    }
}

TEST(Doctor, EndsWithOneWhereSomethingFails) {
    auto const outcome = run_stemlathe({"doctor", "--listen", "nowhere"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.out.find("fail  port"), std::string::npos) << outcome.out;
}

} // namespace

} // namespace stemlathe::test
