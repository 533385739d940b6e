#pragma once

#include "tests/service/agent/work_site.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

/// A site with one session of one small file: enough for executors that only pretend.
class AgentTest : public testing::Test {
  protected:
    AgentTest() {
        write_file(temp / "01_Drums.wav", "not audio, and nobody looks");
        site.add_session("ses_1", {temp / "01_Drums.wav"});
    }

    [[nodiscard]] bool ends(std::string const& job) {
        return comes_true([&] {
            site.hurry();
            auto const state = site.state(job);
            return state != "queued" && state != "leased";
        });
    }

    [[nodiscard]] std::int64_t events(std::string const& type) {
        return site.count("SELECT count(*) AS count FROM event WHERE type='" + type + "'");
    }

    TempFolder const temp{};
    WorkSite site{temp.path()};
};

} // namespace stemlathe::test
