#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"
#include "service/tls/tls_context.hpp"
#include "tests/service/tls/test_certificate.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <string>

/// What may be wrong with the files of [tls], and what is said of it.
namespace stemlathe::test {

namespace {

using service::Certificate;
using service::CertificateFacts;
using service::TlsFiles;

class TlsCertificate : public testing::Test {
  protected:
    /// The sentence of a refusal; "nothing" where there is none.
    static std::string complaint(TlsFiles const& files, Code code = Code::invalid_argument) {
        try {
            Certificate const certificate{files};
            static_cast<void>(service::make_tls_context(certificate));
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), code) << failure.what();
            return failure.what();
        }
        return "nothing";
    }

    static void expect_words(std::string const& sentence, std::string const& words) {
        EXPECT_NE(sentence.find(words), std::string::npos) << sentence;
    }

    TempFolder const temp{};
    TestAuthority const authority{};
};

TEST_F(TlsCertificate, IsReadWithItsFacts) {
    auto const files = put(authority.issue({.serial = 0xBEEF}), temp.path());
    Certificate const certificate{files};
    auto const& facts = certificate.facts();
    EXPECT_EQ(facts.serial, "BEEF");
    EXPECT_EQ(facts.subject, "CN = localhost");
    EXPECT_NEAR(static_cast<double>(facts.until_s - std::time(nullptr)), 90.0 * 86'400.0, 60.0);
    EXPECT_NEAR(static_cast<double>(std::time(nullptr) - facts.from_s), 3'600.0, 60.0);
    EXPECT_EQ(facts.key_pin.size(), 8U + 44U); // "sha256//" and 32 bytes in base64
    EXPECT_EQ(certificate.key_warning(), "");
    EXPECT_EQ(complaint(files), "nothing");
    EXPECT_EQ(complaint(put(authority.issue({.key = TestKey::rsa_2048}), temp.path())), "nothing");
}

TEST_F(TlsCertificate, IsMissedUnderTheNameOfItsSetting) {
    auto files = put(authority.issue({}), temp.path());
    auto const key = std::exchange(files.key, temp / "nowhere.key");
    expect_words(complaint(files, Code::not_found), "nowhere.key, which [tls] key names, is not");
    files = {.certificate = temp / "nowhere.pem", .key = key};
    expect_words(
        complaint(files, Code::not_found), "nowhere.pem, which [tls] certificate names, is not"
    );
}

TEST_F(TlsCertificate, SaysWhoMayNotReadIt) {
    if (::geteuid() == 0) {
        GTEST_SKIP() << "root may read everything";
    }
    auto const files = put(authority.issue({}), temp.path());
    std::filesystem::permissions(files.key, std::filesystem::perms::none);
    expect_words(complaint(files), "cannot be read by the user that this runs as");
}

TEST_F(TlsCertificate, SaysWhatIsNoPem) {
    auto const pair = authority.issue({});
    auto const files = put(pair, temp.path());
    write_text(files.certificate, "no certificate");
    expect_words(complaint(files), "holds no certificate in PEM");
    write_text(files.certificate, "");
    expect_words(complaint(files), "holds no certificate in PEM");
    auto broken = pair.certificate;
    broken[broken.find("-----END") - 20] = '!';
    write_text(files.certificate, broken);
    expect_words(complaint(files), "is broken");
    write_text(files.certificate, pair.certificate);
    write_text(files.key, pair.certificate);
    expect_words(complaint(files), "holds no private key in PEM");
    write_text(files.key, protected_key(pair.key));
    expect_words(complaint(files), "is protected by a passphrase");
    auto folder = files;
    folder.key = temp.path();
    expect_words(complaint(folder), "cannot be read: Is a directory");
}

TEST_F(TlsCertificate, RefusesTheKeyOfAnother) {
    auto const files = put(authority.issue({}), temp.path());
    write_text(files.key, authority.issue({}).key);
    expect_words(complaint(files), "is not the key of the certificate in");
    write_text(files.key, authority.issue({.key = TestKey::rsa_2048}).key);
    expect_words(complaint(files), "is not the key of the certificate in");
}

TEST_F(TlsCertificate, RefusesWeakKeys) {
    expect_words(
        complaint(put(authority.issue({.key = TestKey::rsa_1024}), temp.path())),
        "too weak with 1024 bits"
    );
}

TEST_F(TlsCertificate, WarnsOfAKeyThatOthersCanRead) {
    auto const files = put(authority.issue({}), temp.path());
    using std::filesystem::perms;
    std::filesystem::permissions(files.key, perms{0640});
    EXPECT_EQ(Certificate{files}.key_warning(), "");
    std::filesystem::permissions(files.key, perms{0644});
    expect_words(Certificate{files}.key_warning(), "can be read by every user");
}

TEST_F(TlsCertificate, WarnsOfItsTimeAndServesAllTheSame) {
    CertificateFacts const facts{.from_s = 0, .until_s = 100 * service::kDay_s};
    EXPECT_EQ(service::time_warning(facts, 86 * service::kDay_s), "");
    expect_words(service::time_warning(facts, 86 * service::kDay_s + 1), "in 13 days");
    expect_words(service::time_warning(facts, 100 * service::kDay_s + 1), "expired on 1970-04-11");
    expect_words(service::time_warning(facts, -1), "is not valid before 1970-01-01 00:00 UTC");
    auto const old = authority.issue({.begins_in_s = -100, .ends_in_s = -10});
    EXPECT_EQ(complaint(put(old, temp.path())), "nothing");
}

} // namespace

} // namespace stemlathe::test
