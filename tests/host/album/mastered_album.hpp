#pragma once

#include "host/album/master_album.hpp"
#include "host/profiles/profiles_toml.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stemlathe::test {

/// An album of three songs of a few seconds: the second 6 dB softer and at another rate, the third
/// right behind it.
class MasterAlbum : public ::testing::Test {
  protected:
    void SetUp() override {
        write_song("one", 6.0, 48'000, 1.0F);
        write_song("two", 5.0, 44'100, 0.5F);
        write_song("three", 4.5, 48'000, 0.9F);
    }

    void write_song(std::string const& name, double seconds, int rate_hz, float gain) {
        auto const folder = album() / name;
        write_session(folder, seconds, rate_hz);
        for (auto const& file : tree_of(folder)) {
            if (file.ends_with(".wav")) {
                write_stem_24(folder / file, scaled(read_audio(folder / file), gain), rate_hz);
            }
        }
        write_file(
            folder / "session.toml",
            "title = \"Song " + name + "\"\nisrc = \"QZABC26" + std::to_string(10'000 + number_) +
                "\""
        );
        ++number_;
    }

    [[nodiscard]] std::filesystem::path album() const {
        return folder_.path() / "album";
    }

    [[nodiscard]] std::filesystem::path out(std::string const& name = "out") const {
        return folder_.path() / name;
    }

    struct Options {
        std::vector<std::string> deliver{};
        std::string head{};
        std::string out = "out";
        int threads = 2;
        std::int64_t segment_frames = 0;
        std::string profiles{};
        MasteringPlan plan{};
        VersionWish versions{};
    };

    AlbumReport master(Options const& options) {
        write_file(
            album() / "album.toml",
            "title = \"Night Drives\"\nartist = \"The Lathes\"\nupc = \"036000291452\"\n" +
                options.head +
                "\n[[song]]\nsession = \"one\"\n[[song]]\nsession = \"two\"\ngap_s = 1.5\n"
                "title = \"Other\"\nartist = \"Guest\"\n[[song]]\nsession = \"three\"\ngap_s = 0\n"
        );
        AlbumJob job{
            .album = load_album(album()),
            .out = out(options.out),
            .plan = options.plan,
            .deliver = options.deliver,
            .versions = options.versions};
        if (!options.profiles.empty()) {
            add_profiles(job.profiles, options.profiles, "profiles.toml");
        }
        Tasks tasks{options.threads};
        stemlathe::Run run{tasks, {}, {}};
        run.segment_frames = options.segment_frames;
        return master_album(job, *backend_, run);
    }

    [[nodiscard]] Signal audio(std::string const& path) const {
        return read_audio(out() / path);
    }

    TempFolder folder_;
    std::unique_ptr<Backend> backend_ = open_backend(parse_backend_choice("cpu"));

  private:
    int number_ = 0;
};

} // namespace stemlathe::test
