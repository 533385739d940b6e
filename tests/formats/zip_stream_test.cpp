#include "formats/zip_stream.hpp"
#include "kernels/base/failure.hpp"
#include "tests/support/temp_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace stemlathe::test {
namespace {

std::shared_ptr<int const> opened(std::filesystem::path const& path) {
    int const descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_GE(descriptor, 0) << path;
    return {new int{descriptor}, [](int const* owned) {
                close(*owned);
                delete owned;
            }};
}

std::uint32_t crc_of(std::string_view text) {
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<Bytef const*>(text.data()), static_cast<uInt>(text.size()))
    );
}

ZipEntry text_entry(std::string name, std::string text) {
    auto const bytes = static_cast<std::int64_t>(text.size());
    return {
        .name = std::move(name), .bytes = bytes, .crc32 = crc_of(text), .open = {}, .text = text};
}

ZipEntry file_entry(std::string name, std::filesystem::path const& path) {
    auto const text = read_file(path);
    return {
        .name = std::move(name),
        .bytes = static_cast<std::int64_t>(text.size()),
        .crc32 = crc_of(text),
        .open = [path] { return opened(path); },
        .text = {}};
}

/// A stretch of an archive, asked for in pieces of at most `step` bytes.
std::string stretch(ZipStream& zip, std::int64_t from, std::int64_t bytes, std::size_t step) {
    std::string text(static_cast<std::size_t>(bytes), '\0');
    std::size_t have = 0;
    while (have < text.size()) {
        auto const wanted = std::min(step, text.size() - have);
        auto const count = zip.read_at(
            {reinterpret_cast<std::byte*>(text.data() + have), wanted},
            from + static_cast<std::int64_t>(have)
        );
        if (count == 0) {
            break;
        }
        have += count;
    }
    text.resize(have);
    return text;
}

std::string whole(ZipStream& zip) {
    return stretch(zip, 0, zip.bytes(), 1U << 16U);
}

int exit_status_of(std::string const& command) {
    return WEXITSTATUS(std::system((command + " >/dev/null 2>&1").c_str()));
}

class ZipArchive : public ::testing::Test {
  protected:
    void SetUp() override {
        write_file(folder / "in/drums.wav", std::string(100'000, 'd'));
        write_file(folder / "in/empty", "");
    }

    std::vector<ZipEntry> entries() {
        std::vector<ZipEntry> all;
        all.push_back(file_entry("cd/Drums.wav", folder / "in/drums.wav"));
        all.push_back(file_entry("cd/empty", folder / "in/empty"));
        all.push_back(text_entry("Ünï 🎛.txt", "small"));
        all.push_back(text_entry("nothing", ""));
        return all;
    }

    TempFolder folder{};
};

TEST_F(ZipArchive, IsTheSameBytesHoweverItIsRead) {
    ZipStream zip{entries()};
    auto const text = whole(zip);
    EXPECT_EQ(static_cast<std::int64_t>(text.size()), zip.bytes());
    EXPECT_EQ(stretch(zip, 0, zip.bytes(), 1), text);
    EXPECT_EQ(stretch(zip, 0, zip.bytes(), 31), text);
    ZipStream again{entries()};
    EXPECT_EQ(whole(again), text);
    for (std::int64_t from = zip.bytes() - 1; from >= 0; from -= 997) { // backwards
        ASSERT_EQ(stretch(zip, from, 50, 50), text.substr(static_cast<std::size_t>(from), 50));
    }
    EXPECT_EQ(stretch(zip, zip.bytes(), 10, 10), "");
    EXPECT_EQ(stretch(zip, zip.bytes() + 5, 10, 10), "");
}

TEST_F(ZipArchive, IsReadByInfoZip) {
    if (exit_status_of("unzip -v") != 0) {
        GTEST_SKIP() << "there is no unzip here";
    }
    ZipStream zip{entries()};
    write_file(folder / "all.zip", whole(zip));
    auto const in = "cd '" + folder.path().string() + "' && ";
    EXPECT_EQ(exit_status_of(in + "unzip -tqq all.zip"), 0);
    ASSERT_EQ(exit_status_of(in + "LC_ALL=C.UTF-8 unzip -qq all.zip -d out"), 0);
    EXPECT_EQ(read_file(folder / "out/cd/Drums.wav"), std::string(100'000, 'd'));
    EXPECT_EQ(read_file(folder / "out/Ünï 🎛.txt"), "small");
    EXPECT_EQ(read_file(folder / "out/cd/empty"), "");
}

TEST_F(ZipArchive, IsReadByPython) {
    if (exit_status_of("python3 -c 'import zipfile'") != 0) {
        GTEST_SKIP() << "there is no python3 here";
    }
    ZipStream zip{entries()};
    write_file(folder / "all.zip", whole(zip));
    write_file(
        folder / "judge.py",
        "import zipfile\n"
        "z = zipfile.ZipFile('all.zip')\n"
        "assert z.testzip() is None\n"
        "assert z.namelist() == ['cd/Drums.wav', 'cd/empty', 'Ünï 🎛.txt', 'nothing']\n"
        "assert z.read('Ünï 🎛.txt') == b'small'\n"
        "assert all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in z.infolist())\n"
    );
    EXPECT_EQ(exit_status_of("cd '" + folder.path().string() + "' && python3 judge.py"), 0);
}

TEST_F(ZipArchive, OfNothingIsEmptyAndValid) {
    ZipStream zip{{}};
    EXPECT_EQ(zip.bytes(), 22); // the end record alone
    EXPECT_TRUE(whole(zip).starts_with("PK\x05\x06"));
}

TEST_F(ZipArchive, AChangedChecksumIsNoticed) {
    if (exit_status_of("unzip -v") != 0) {
        GTEST_SKIP() << "there is no unzip here";
    }
    auto all = entries();
    all[2].crc32 ^= 1U;
    ZipStream zip{all};
    write_file(folder / "all.zip", whole(zip));
    EXPECT_NE(exit_status_of("cd '" + folder.path().string() + "' && unzip -tqq all.zip"), 0);
}

TEST_F(ZipArchive, AFileThatGotShorterCutsTheArchiveOff) {
    ZipStream zip{entries()};
    write_file(folder / "in/drums.wav", std::string(10, 'd'));
    try {
        static_cast<void>(whole(zip));
        FAIL() << "the archive was made of a file that is not whole";
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::storage_failed);
        EXPECT_NE(std::string{failure.what()}.find("cd/Drums.wav"), std::string::npos);
    }
}

/// A file of `bytes` zeros with `tail` at its end, that takes no room on the disk.
void write_sparse(std::filesystem::path const& path, std::int64_t bytes, std::string_view tail) {
    write_file(path, "");
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(bytes));
    int const descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    auto const size = static_cast<ssize_t>(tail.size());
    EXPECT_EQ(pwrite(descriptor, tail.data(), tail.size(), bytes - size), size);
    close(descriptor);
}

/// The stretches of an archive that are not an entry's zeros, put into a sparse file.
void write_archive_of(
    ZipStream& zip,
    std::filesystem::path const& path,
    std::int64_t hole_begin,
    std::int64_t hole_end
) {
    write_file(path, "");
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(zip.bytes()));
    int const descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    for (auto const& [from, to] :
         {std::pair{std::int64_t{0}, hole_begin}, std::pair{hole_end, zip.bytes()}}) {
        auto const text = stretch(zip, from, to - from, 1U << 16U);
        EXPECT_EQ(
            pwrite(descriptor, text.data(), text.size(), from), static_cast<ssize_t>(text.size())
        );
    }
    close(descriptor);
}

TEST_F(ZipArchive, HoldsFilesOfMoreThanFourGigabytes) {
    constexpr std::int64_t kHuge = (std::int64_t{1} << 32U) + 12'345;
    std::filesystem::path const huge = folder / "in/huge.wav";
    write_sparse(huge, kHuge, "the very end");
    std::vector<ZipEntry> all;
    all.push_back(
        {.name = "huge.wav",
         .bytes = kHuge,
         .crc32 = 0, // only its place is judged here; to read 4 GiB takes too long for a test
         .open = [huge] { return opened(huge); },
         .text = {}}
    );
    all.push_back(text_entry("behind.txt", "behind"));
    ZipStream zip{all};
    EXPECT_GT(zip.bytes(), kHuge + 100);
    constexpr std::int64_t kHead = 30 + 8 + 20; // header, name, ZIP64 sizes (4.3.7, 4.5.3)
    EXPECT_EQ(stretch(zip, kHead + kHuge - 12, 12, 12), "the very end");
    write_archive_of(zip, folder / "huge.zip", kHead + 4096, kHead + kHuge - 4096);
    if (exit_status_of("python3 -c 'import zipfile'") != 0) {
        GTEST_SKIP() << "there is no python3 here";
    }
    write_file(
        folder / "judge.py",
        "import zipfile\n"
        "z = zipfile.ZipFile('huge.zip')\n"
        "assert [i.filename for i in z.infolist()] == ['huge.wav', 'behind.txt']\n"
        "assert z.getinfo('huge.wav').file_size == " +
            std::to_string(kHuge) +
            "\n"
            "assert z.getinfo('behind.txt').header_offset > 2**32\n"
            "assert z.read('behind.txt') == b'behind'\n"
    );
    auto const in = "cd '" + folder.path().string() + "' && ";
    EXPECT_EQ(exit_status_of(in + "python3 judge.py"), 0);
    if (exit_status_of("unzip -v") == 0) {
        EXPECT_EQ(exit_status_of(in + "unzip -tqq huge.zip behind.txt"), 0);
    }
}

TEST_F(ZipArchive, HoldsMoreThan65535Files) {
    if (exit_status_of("python3 -c 'import zipfile'") != 0) {
        GTEST_SKIP() << "there is no python3 here";
    }
    std::vector<ZipEntry> all;
    for (int i = 0; i < 65'536; ++i) {
        all.push_back(text_entry(std::to_string(i), ""));
    }
    ZipStream zip{std::move(all)};
    write_file(folder / "many.zip", whole(zip));
    EXPECT_EQ(
        exit_status_of(
            "cd '" + folder.path().string() +
            "' && python3 -c \"import zipfile; z = zipfile.ZipFile('many.zip'); "
            "assert len(z.namelist()) == 65536; assert z.read('65535') == b''\""
        ),
        0
    );
}

} // namespace
} // namespace stemlathe::test
