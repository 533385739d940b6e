#include "formats/jail/confinement.hpp"
#include "formats/jail/jailed_source.hpp"
#include "tests/formats/decoders.hpp"
#include "tests/formats/media_files.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <stop_token>
#include <thread>

namespace stemlathe::test {

namespace {

using formats::JailedSource;

/// A parent that talks to a decoder which was taken over.
class Decoder : public ::testing::Test {
  protected:
    Decoder() {
        write_file(folder / "a.flac", "fLaC");
    }

    [[nodiscard]] JailedSource open(std::string const& deed) const {
        FakeDecoder const fake{deed};
        return {formats::File::open(folder / "a.flac"), Container::flac, fake.settings()};
    }

    void expect_refusal(std::string const& deed, std::string_view words) const {
        EXPECT_TRUE(fails_with(Code::unreadable, words, [&] { (void)open(deed); })) << deed;
    }

    void expect_late_refusal(std::string const& deed, std::string_view words) const {
        auto source = open(deed);
        std::vector<std::byte> samples(8'000, std::byte{0x5A});
        EXPECT_TRUE(fails_with(Code::unreadable, words, [&] {
            (void)source.read(std::span{samples}.first(4'000), 0, 500);
        })) << deed;
        EXPECT_TRUE(std::all_of(
            samples.begin() + 4'000,
            samples.end(),
            [](std::byte each) { return each == std::byte{0x5A}; }
        )) << deed
           << " wrote beyond";
        EXPECT_TRUE(fails_with(Code::unreadable, "", [&] { (void)source.read(samples, 0, 500); }))
            << deed << " was asked again";
    }

    TempFolder folder;
};

TEST_F(Decoder, ThatCrashesMakesItsFileUnreadable) {
    expect_refusal("crash", "a.flac crashed its decoder");
    expect_refusal("leave", "a.flac crashed its decoder");
    expect_late_refusal("crash_later", "a.flac crashed its decoder");
}

TEST_F(Decoder, ThatHangsMakesItsFileUnreadable) {
    expect_refusal("hang", "a.flac could not be decoded within 1 s");
    expect_late_refusal("hang_later", "a.flac could not be decoded within 1 s");
}

TEST_F(Decoder, ThatHangsIsLeftWhenItsParentIsAsked) {
    FakeDecoder const fake{"hang"};
    auto settings = fake.settings();
    std::stop_source stop;
    settings.patience = std::chrono::hours{1};
    settings.stop = stop.get_token();
    std::jthread const impatient{[&] {
        stop.request_stop();
    }};
    EXPECT_TRUE(fails_with(Code::cancelled, "stopped", [&] {
        JailedSource const source{
            formats::File::open(folder / "a.flac"), Container::flac, settings};
    }));
}

TEST_F(Decoder, IsNotBelievedWhatCannotBe) {
    expect_refusal("endless", "at most 6 hours");
    expect_refusal("day", "24.0 hours");
    expect_refusal("huge", "16 GiB");
    expect_refusal("no_frames", "nonsense");
    expect_refusal("negative_frames", "nonsense");
    expect_refusal("no_channels", "0 channels");
    expect_refusal("many_channels", "channels");
    expect_refusal("negative_channels", "channels");
    expect_refusal("wrong_rate", "-1 Hz");
    expect_refusal("wrong_format", "nonsense");
    expect_refusal("wrong_container", "nonsense");
    expect_refusal("other_container", "nonsense");
    expect_refusal("wrong_status", "nonsense");
    expect_refusal("ready_again", "nonsense");
    expect_refusal("wrong_version", "nonsense");
    expect_refusal("short_message", "nonsense");
    expect_refusal("long_message", "nonsense");
    expect_late_refusal("more_frames", "nonsense");
    expect_late_refusal("negative_read", "nonsense");
    expect_late_refusal("most_frames", "nonsense");
}

TEST_F(Decoder, SaysNothingThatATerminalObeys) {
    auto const failure = failure_of([&] { (void)open("escape_codes"); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code(), Code::unreadable);
    for (char const letter : std::string_view{failure->what()}) {
        EXPECT_GE(static_cast<unsigned char>(letter), 0x20) << failure->what();
    }
}

TEST_F(Decoder, MayFillItsTextsToTheBrim) {
    auto const source = open("full_texts");
    EXPECT_EQ(source.info().title, std::string(512, 't'));
    EXPECT_EQ(source.info().isrc, std::nullopt);
}

TEST_F(Decoder, CannotTakeItsParentsMemoryAway) {
    auto source = open("shrink_window");
    std::vector<std::byte> samples(8'000);
    EXPECT_EQ(source.read(samples, 0, 1'000), 0) << "the window could be shrunk";
}

TEST_F(Decoder, ThatIsMissingOrBrokenIsNotTheFilesFault) {
    EXPECT_TRUE(fails_with(Code::internal, "ended before it touched", [&] {
        (void)open("stillborn");
    }));
    EXPECT_TRUE(fails_with(Code::internal, "another version", [&] { (void)open("old_version"); }));
    EXPECT_TRUE(fails_with(Code::internal, "install it beside the program", [&] {
        JailedSource const source{
            formats::File::open(folder / "a.flac"), Container::flac, {.program = "/no/decoder"}};
    }));
}

TEST_F(Decoder, ThatCannotLockItselfInIsOnlyUsedWhereThatIsAllowed) {
    EXPECT_TRUE(fails_with(Code::internal, "STEMLATHE_ALLOW_UNSANDBOXED_DECODERS=1", [&] {
        (void)open("unlocked");
    }));
    ::setenv("STEMLATHE_ALLOW_UNSANDBOXED_DECODERS", "yes", 1);
    EXPECT_TRUE(fails_with(Code::internal, "seccomp", [&] { (void)open("unlocked"); }));
    ::setenv("STEMLATHE_ALLOW_UNSANDBOXED_DECODERS", "1", 1);
    EXPECT_EQ(open("unlocked").info().frames, 100'000);
    ::unsetenv("STEMLATHE_ALLOW_UNSANDBOXED_DECODERS");
    EXPECT_TRUE(has_unsandboxed_decoder());
}

/// The decoder that is shipped, on a system that gives it no seccomp.
TEST_F(Decoder, WithoutSeccompStillDecodesWhereThatIsAllowed) {
    auto const samples = packed_noise(SampleFormat::pcm_32, 2, 5'000, 24);
    write_media(
        folder / "a.flac", {.container = Container::flac, .input = SampleFormat::pcm_32}, samples
    );
    EXPECT_TRUE(fails_with(Code::internal, "lock itself in (seccomp", [&] {
        (void)open("no_seccomp");
    }));
    ::setenv("STEMLATHE_ALLOW_UNSANDBOXED_DECODERS", "1", 1);
    auto source = open("no_seccomp");
    ::unsetenv("STEMLATHE_ALLOW_UNSANDBOXED_DECODERS");
    std::vector<std::byte> read(samples.size());
    EXPECT_EQ(source.read(read, 0, 5'000), 5'000);
    EXPECT_TRUE(read == samples);
}

} // namespace

} // namespace stemlathe::test
