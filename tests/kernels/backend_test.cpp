#include "kernels/backend.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/device_room.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

using BackendOf = EachBackend;

TEST_P(BackendOf, SaysWhatItIs) {
    EXPECT_EQ(backend->info().backend, GetParam());
    EXPECT_TRUE(backend->info().identity.starts_with(GetParam() + "/"));
    EXPECT_GT(backend->info().segment_frames, 0);
}

TEST_P(BackendOf, GivesBackWhatWasUploaded) {
    auto const noise = white_noise({.frames = 1001});
    AudioBuffer buffer;
    auto const view = backend->upload(noise, 7, buffer);
    EXPECT_EQ(view.position, 7);
    Signal back(noise.size());
    backend->download(view, back);
    EXPECT_TRUE(audio_identical(back, noise));
}

TEST_P(BackendOf, ReadsAnyWindowOfAStore) {
    auto const noise = white_noise({.frames = 10'000});
    auto const store = backend->make_store({.frames_expected = 10'000, .scratch_directory = {}});
    AudioBuffer buffer;
    store->append(backend->upload(std::span{noise}.first(6'000), 0, buffer));
    store->append(backend->upload(std::span{noise}.subspan(6'000), 3'000, buffer));
    store->seal();
    AudioBuffer window;
    auto const view = store->read(9'000, 5'000, window);
    ASSERT_EQ(view.frames, 1'000);
    EXPECT_EQ(view.position, 9'000);
    Signal back(2'000);
    backend->download(view, back);
    EXPECT_TRUE(audio_identical(back, std::span{noise}.subspan(18'000)));
}

TEST_P(BackendOf, TellsWhatACardHasFree) {
    auto const choice = parse_backend_choice(GetParam());
    auto const before = room_of(choice, *backend);
    ASSERT_EQ(before.has_value(), GetParam() == "cuda");
    if (!before) {
        return; // a processor has the machine's memory
    }
    EXPECT_GE(before->total_bytes, std::int64_t{1} << 30U); // less is refused at open_backend
    EXPECT_LE(before->free_bytes, before->total_bytes);
    constexpr std::int64_t kFrames = std::int64_t{4} << 20U; // 32 MiB, more than cards keep ready
    AudioBuffer buffer;
    static_cast<void>(backend->upload(Signal(2 * kFrames), 0, buffer));
    EXPECT_LE(room_of(choice, *backend)->free_bytes, before->free_bytes - kFrames * 8);
}

INSTANTIATE_EACH_BACKEND(BackendOf);

TEST(OpenBackend, RefusesACardThatIsNotThere) {
    EXPECT_THROW((void)open_backend({BackendChoice::Kind::cuda, 4096}), Failure);
}

TEST(ParseBackendChoice, NamesTheAllowedWords) {
    EXPECT_EQ(parse_backend_choice("cuda:3").device, 3);
    for (auto const* wrong : {"gpu", "cuda:", "cuda:x", "cuda:-1", ""}) {
        try {
            (void)parse_backend_choice(wrong);
            FAIL() << wrong;
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::invalid_argument);
            EXPECT_NE(std::string{failure.what()}.find("auto, cpu, cuda"), std::string::npos);
        }
    }
}

TEST(ListDevices, GivesASentenceForEach) {
    auto const devices = list_devices();
    ASSERT_GE(devices.size(), 2U);
    for (auto const& device : devices) {
        EXPECT_TRUE(device.reason.ends_with(".")) << device.reason;
    }
}

} // namespace

} // namespace stemlathe::test
