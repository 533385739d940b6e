// Secrets of webhooks: sealed at rest, and what is signed with them.

#include "kernels/base/failure.hpp"
#include "service/webhooks/secret_box.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

namespace stemlathe::test {
namespace {

using service::SecretBox;

std::string text_of(std::filesystem::path const& file) {
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    return text.str();
}

class SecretBoxTest : public ::testing::Test {
  protected:
    std::string complaint() {
        try {
            SecretBox const box{file};
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::invalid_argument);
            EXPECT_EQ(failure.key(), "webhooks.key_file");
            return failure.what();
        }
        return {};
    }

    TempFolder temp{};
    std::filesystem::path file = temp.path() / "webhooks.key";
};

TEST_F(SecretBoxTest, OpensWhatItSealedAlsoAfterARestart) {
    auto const secret = service::new_webhook_secret();
    std::string sealed;
    std::string id;
    {
        SecretBox const box{file};
        sealed = box.seal(secret);
        id = box.key_id();
        EXPECT_NE(box.seal(secret), sealed) << "nobody sees that two secrets are the same";
        EXPECT_EQ(sealed.find(secret.substr(6)), std::string::npos);
    }
    SecretBox const again{file};
    EXPECT_EQ(again.open(sealed), secret);
    EXPECT_EQ(again.key_id(), id);
    EXPECT_EQ(id.size(), 16U);
}

TEST_F(SecretBoxTest, OpensNothingThatWasChangedOrSealedByAnother) {
    SecretBox const box{file};
    SecretBox const other{temp.path() / "other.key"};
    auto const sealed = box.seal("whsec_x");
    EXPECT_NE(box.key_id(), other.key_id());
    EXPECT_EQ(other.open(sealed), std::nullopt);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(box.open(changed), std::nullopt) << i;
    }
    EXPECT_EQ(box.open(""), std::nullopt);
    EXPECT_EQ(box.open("no base64!"), std::nullopt);
}

TEST_F(SecretBoxTest, KeepsItsKeyForItsOwnerOnly) {
    SecretBox const box{file};

    struct stat facts {};

    ASSERT_EQ(::stat(file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    EXPECT_EQ(text_of(file).size(), 45U) << "base64 of 32 bytes, and a line's end";
    ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
    EXPECT_NE(complaint().find("chmod 600"), std::string::npos);
}

TEST_F(SecretBoxTest, TakesAKeyThatOpensslMadeAndNoOther) {
    auto const write = [&](std::string_view text) {
        std::ofstream{file} << text;
        ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    };
    write("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    EXPECT_EQ(complaint(), "");
    for (auto const* text :
         {"", "AAEC\n", "not a key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"}) {
        write(text);
        EXPECT_NE(complaint().find("openssl rand -base64 32"), std::string::npos) << text;
    }
}

TEST(WebhookSecret, IsNeverTheSameAndWrittenAsStandardWebhooksDoes) {
    auto const one = service::new_webhook_secret();
    EXPECT_TRUE(one.starts_with("whsec_"));
    EXPECT_EQ(one.size(), 6U + 44U);
    EXPECT_NE(service::new_webhook_secret(), one);
}

TEST(WebhookSignature, IsThatOfStandardWebhooks) {
    // The message of its own tests; the sum by Python's hmac.
    EXPECT_EQ(
        service::webhook_signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1'614'265'330,
            R"({"test": 2432232314})"
        ),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    );
}

} // namespace
} // namespace stemlathe::test
