// The shared disk of a farm fills up while workers publish and uploads come, and has room again.

#include "formats/checksum.hpp"
#include "tests/service/server/farm.hpp"
#include "tests/service/server/slow_motion.hpp"
#include "tests/service/server/small_disk.hpp"
#include "tests/service/server/tus_requests.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

namespace stemlathe::test {

namespace {

constexpr std::int64_t kDisk_bytes = std::int64_t{40} << 20U;
constexpr std::size_t kUpload_bytes = 2U << 20U;

constexpr auto kNotDone = "SELECT count(*) AS count FROM job WHERE state<>'succeeded'";
constexpr auto kRendering = "SELECT count(*) AS count FROM job WHERE state='leased'";
constexpr auto kShort = "SELECT count(DISTINCT job) AS count FROM attempt WHERE outcome='shortage'";

class PostgreSQLFullDisk : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty() || !disk.is_there()) {
            GTEST_SKIP() << SmallDisk::kAbsent;
        }
        schema = std::make_unique<FarmSchema>();
        farm = std::make_unique<Farm>(schema->url(), 10.0, folder / "shared");
    }

    void order_three(FarmProcess const& here, FarmProcess const& there) const {
        for (auto const* const key : {"one", "two", "three"}) {
            farm->order(key[0] == 'o' ? here : there, farm->session(), "cd", key);
        }
    }

    /// What is there under a digest's name has that digest.
    void expect_nothing_half_published() const {
        for (auto const& entry :
             std::filesystem::recursive_directory_iterator{farm->files() / "cas"}) {
            if (entry.is_regular_file()) {
                EXPECT_EQ(sha256_of_file(entry.path()), entry.path().filename());
            }
        }
    }

    /// What jobs had on the disk while they ran is gone.
    void expect_workshop_empty() const {
        for (auto const& entry : std::filesystem::directory_iterator{farm->files() / "work"}) {
            EXPECT_FALSE(entry.path().filename().string().starts_with("job_")) << entry.path();
        }
    }

    TempFolder folder;
    SmallDisk disk{folder / "shared", kDisk_bytes};
    std::unique_ptr<FarmSchema> schema;
    std::unique_ptr<Farm> farm;
};

std::string made_upload(FarmProcess const& service, std::size_t bytes) {
    auto const made =
        ask(service,
            "POST",
            "/v1/uploads",
            "Upload-Concat: partial\r\nUpload-Length: " + std::to_string(bytes) + "\r\n");
    EXPECT_EQ(made.status, 201) << made.body;
    return made.field("location");
}

/// New ones are refused; of one that was begun everything stays that there is room for.
/// @returns its offset
std::size_t expect_uploads_to_wait(
    FarmProcess const& here, FarmProcess const& there, std::string const& upload
) {
    auto const refused =
        ask(here, "POST", "/v1/uploads", "Upload-Concat: partial\r\nUpload-Length: 1000000\r\n");
    EXPECT_EQ(refused.status, 507) << refused.body;
    auto const full = ask(there, "PATCH", upload, chunk_at(0), std::string(kUpload_bytes, 'u'));
    EXPECT_EQ(full.status, 507) << full.body;
    auto const shown = ask(here, "HEAD", upload, "");
    EXPECT_EQ(shown.status, 200);
    return std::stoul(shown.field("upload-offset"));
}

TEST_F(PostgreSQLFullDisk, LetsJobsAndUploadsWaitAndHarmsNothing) {
    write_session(farm->songs() / "song", 10.0);
    auto const here = farm->serve();
    auto const there = farm->serve();
    auto const one_worker = farm->worker();
    auto const another = farm->worker();
    static_cast<void>(farm->submit(*here, "song"));
    ASSERT_TRUE(farm->comes_to(0, kNotDone));
    auto const outputs = farm->count("SELECT count(*) AS count FROM output");
    auto const upload = made_upload(*here, kUpload_bytes);

    auto slow = std::make_unique<SlowMotion>(*one_worker);
    auto slow_too = std::make_unique<SlowMotion>(*another);
    order_three(*here, *there);
    ASSERT_TRUE(farm->comes_to(2, kRendering));
    disk.fill();
    slow.reset();
    slow_too.reset();
    auto const offset = expect_uploads_to_wait(*here, *there, upload);
    EXPECT_LT(offset, kUpload_bytes);
    ASSERT_TRUE(soon([&] { return farm->count(kShort) > 1; }));
    EXPECT_EQ(farm->count("SELECT count(*) AS count FROM output"), outputs);
    EXPECT_EQ(farm->count("SELECT max(attempt) AS count FROM job WHERE state='queued'"), 0)
        << "a full disk was counted";
    EXPECT_EQ(ask(*there, "GET", "/v1/sessions", "").status, 200) << "what is there can be read";
    expect_nothing_half_published();

    disk.empty();
    auto const rest = std::string(kUpload_bytes - offset, 'u');
    auto const done = ask(*here, "PATCH", upload, chunk_at(offset), rest);
    EXPECT_EQ(done.status, 204) << done.body;
    ASSERT_TRUE(farm->comes_to(0, kNotDone));
    EXPECT_EQ(farm->count("SELECT max(attempt) AS count FROM job"), 1);
    farm->expect_one_result_each();
    farm->expect_files_whole();
    expect_nothing_half_published();
    expect_workshop_empty();
}

} // namespace

} // namespace stemlathe::test
