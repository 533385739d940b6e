#include "formats/checksum.hpp"
#include "service/client/upload.hpp"
#include "tests/service/client/fake_service.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace stemlathe::test {

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;

/// Bytes that do not repeat in any chunk.
std::string noise(std::size_t bytes) {
    std::uint32_t state = 7;
    std::string text(bytes, '\0');
    for (auto& letter : text) {
        state = state * 1664525U + 1013904223U; // Numerical Recipes, 7.1
        letter = static_cast<char>(state >> 24U);
    }
    return text;
}

class Upload : public testing::Test {
  protected:
    void SetUp() override {
        write_file(path, content);
        wish = {
            .file = path,
            .session = "ses_1",
            .role = "stem",
            .filename = "Öl & Trommeln, laut.wav",
            .bytes = static_cast<std::int64_t>(content.size()),
            .sha256 = sha256_of_file(path),
            .key = "key"};
    }

    void upload(std::string const& from = "") {
        service::Remote remote{settings, stop.get_token()};
        service::upload_file(
            remote,
            wish,
            from,
            {.begun = [&](std::string const& at) { location = at; },
             .sent =
                 [&](std::int64_t bytes) {
                     sent = bytes;
                 }}
        );
    }

    void expect_it_arrived_once() {
        auto const files = fake.files();
        ASSERT_EQ(files.size(), 1U);
        EXPECT_EQ(files[0].name, wish.filename);
        EXPECT_EQ(files[0].kind, "stem");
        EXPECT_TRUE(files[0].bytes == content);
        EXPECT_EQ(sent, wish.bytes);
    }

    TempFolder const temp{};
    std::filesystem::path const path = temp / "stem.wav";
    std::string const content = noise(17 * kMiB + 3);
    FakeService fake{};
    service::RemoteSettings settings = fake.settings();
    std::stop_source stop{};
    service::UploadWish wish{};
    std::string location{};
    std::int64_t sent = 0;
};

TEST_F(Upload, SendsAFileInChunksWithTheirChecksums) {
    upload();
    expect_it_arrived_once();
    EXPECT_EQ(fake.count("PATCH /v1/uploads/"), 3); // 8 + 8 + 1 MiB
    EXPECT_EQ(location, "/v1/uploads/upl_1");       // whatever host the server thinks it is
}

TEST_F(Upload, GoesOnWhereTheLinkWasCut) {
    int patches = 0;
    fake.cut_bodies([&](FakeRequest const& request) -> std::optional<std::size_t> {
        bool const is_cut = request.method == "PATCH" && ++patches % 2 == 1;
        return is_cut ? std::optional{3 * kMiB} : std::nullopt;
    });
    upload();
    expect_it_arrived_once();
    EXPECT_GE(fake.count("HEAD /v1/uploads/"), 2);
}

TEST_F(Upload, WaitsWhileTheServerIsFullOrBusyOrGone) {
    for (int const status : {507, 423, 429, 503}) {
        FakeReply busy{.status = status, .fields = {{"Retry-After", "0"}}};
        fake.fail_before(first(1, "PATCH /v1/uploads/", busy));
        wish.key = std::to_string(status); // another upload
        upload();
    }
    EXPECT_EQ(fake.files().size(), 4U);
    EXPECT_TRUE(fake.files().back().bytes == content);
}

TEST_F(Upload, AsksWhereItStandsWhenTheOffsetIsAnother) {
    fake.fail_before(first(1, "PATCH /v1/uploads/", problem(409, "conflict", "another offset")));
    upload();
    expect_it_arrived_once();
    EXPECT_EQ(fake.count("HEAD /v1/uploads/"), 1);
}

TEST_F(Upload, SendsAChunkAgainWhoseAnswerWasLost) {
    fake.fail_after(first(1, "PATCH /v1/uploads/", {.is_lost = true}));
    upload();
    expect_it_arrived_once();
}

TEST_F(Upload, SendsAChunkAgainThatWasDamagedOnTheWay) {
    fake.fail_before(
        first(2, "PATCH /v1/uploads/", problem(460, "checksum-mismatch", "not its checksum"))
    );
    upload();
    expect_it_arrived_once();
}

TEST_F(Upload, GivesUpOnALinkThatDamagesEverything) {
    fake.fail_before(
        first(99, "PATCH /v1/uploads/", problem(460, "checksum-mismatch", "not its checksum"))
    );
    EXPECT_THROW(upload(), service::RemoteRefusal);
    EXPECT_LT(fake.count("PATCH /v1/uploads/"), 10);
}

TEST_F(Upload, BeginsAnewWhereTheUploadHasExpired) {
    upload("/v1/uploads/upl_gone");
    expect_it_arrived_once();
    EXPECT_EQ(fake.count("POST /v1/uploads"), 1);
}

TEST_F(Upload, BeginsOnceWhereTheAnswerWasLost) {
    fake.fail_after(first(1, "POST /v1/uploads", {.is_lost = true}));
    upload();
    expect_it_arrived_once();
    EXPECT_EQ(location, "/v1/uploads/upl_1");
}

TEST_F(Upload, GoesOnInANewProcess) {
    fake.fail_before([&](FakeRequest const& request) -> std::optional<FakeReply> {
        if (request.method == "PATCH" && request.field("upload-offset") != "0") {
            stop.request_stop(); // Ctrl-C after the first chunk
        }
        return std::nullopt;
    });
    EXPECT_THROW(upload(), Failure);
    fake.fail_before({});
    stop = std::stop_source{};
    auto const begun = location;
    int const before = fake.count("PATCH /v1/uploads/");
    upload(begun);
    expect_it_arrived_once();
    EXPECT_EQ(fake.count("POST /v1/uploads"), 1);
    EXPECT_LE(fake.count("PATCH /v1/uploads/") - before, 2); // not the first chunk again
}

TEST_F(Upload, SendsAnEmptyFileWithoutAChunk) {
    write_file(path, "");
    wish.bytes = 0;
    upload();
    EXPECT_EQ(fake.count("POST /v1/uploads"), 1);
    EXPECT_EQ(fake.count("PATCH /v1/uploads/"), 0);
}

TEST_F(Upload, SaysThatTheFileHasBecomeShorter) {
    std::filesystem::resize_file(path, 5);
    try {
        upload();
        FAIL() << "sent a file that is not there";
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::unreadable);
        EXPECT_NE(std::string{failure.what()}.find("shorter"), std::string::npos);
    }
}

TEST_F(Upload, RefusesAPlaceThatIsNoUpload) {
    fake.fail_before(first(
        99, "POST /v1/uploads", {.status = 201, .fields = {{"Location", "http://evil.invalid/x"}}}
    ));
    EXPECT_THROW(upload(), Failure);
}

} // namespace

} // namespace stemlathe::test
