#pragma once

#include "tests/service/agent/work_site.hpp"
#include "tests/support/session_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

namespace stemlathe::test {

inline constexpr double kSong_s = 3.0;

/// A site with a session that real executors can master.
class RealExecutor : public testing::Test {
  protected:
    RealExecutor() {
        add_song("ses_1", kSong_s);
    }

    void add_song(std::string const& session, double seconds) {
        write_session(temp / session, seconds, 48'000);
        std::vector<std::filesystem::path> stems;
        for (auto const& entry : std::filesystem::directory_iterator{temp / session}) {
            stems.push_back(entry.path());
        }
        std::ranges::sort(stems);
        site.add_session(session, stems);
    }

    [[nodiscard]] bool ends(std::string const& job) {
        return comes_true([&] {
            site.hurry();
            auto const state = site.state(job);
            return state != "queued" && state != "leased";
        });
    }

    [[nodiscard]] std::string text_of(std::string const& job, std::string const& name) {
        std::string digest;
        std::int64_t bytes = 0;
        site.on_store([&](service::Database& database) {
            auto const row =
                database
                    .query("SELECT digest, bytes FROM output WHERE job=$1 AND name=$2", {job, name})
                    .front();
            digest = row.text("digest");
            bytes = row.integer("bytes");
        });
        auto const file = site.blobs().open(digest, bytes);
        std::string text(static_cast<std::size_t>(bytes), '\0');
        EXPECT_EQ(::pread(*file, text.data(), text.size(), 0), bytes);
        return text;
    }

    TempFolder const temp{};
    WorkSite site{temp.path()};
};

} // namespace stemlathe::test
