#include "tests/service/server/crowd.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace stemlathe::test {

namespace {

constexpr std::int64_t kLook_ms = 1'500;

double middle_of(std::vector<double> values) {
    std::ranges::sort(values);
    return values.at(values.size() / 2);
}

} // namespace

Crowd::Crowd(std::string const& server, std::filesystem::path const& folder)
    : remote_{{.server = server, .token = kFarmOwner}, {}}, server_{server}, folder_{folder} {}

std::string Crowd::newcomer(std::string const& name, std::int64_t weight) {
    auto const client = remote_.post(
        "/v1/clients",
        {{"name", name}, {"weight", weight}, {"max_queued", 100'000}},
        "client-" + name
    );
    write_session(folder_ / name, 0.5);
    auto const outcome = run_stemlathe(
        {"submit",
         (folder_ / name).string(),
         "--deliver",
         "cd",
         "--client",
         client.at("id").as_string().c_str(),
         "--server",
         server_,
         "--token",
         kFarmOwner,
         "--json"},
        [state = (folder_ / "state").string()] { ::setenv("XDG_STATE_HOME", state.c_str(), 1); }
    );
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out;
    return outcome.exit_code == 0 ? outcome.json().at("session").as_string().c_str()
                                  : std::string{};
}

std::string Crowd::order(std::string const& session, std::string const& klass) {
    auto const made = remote_.post(
        "/v1/sessions/" + session + "/renders",
        {{"deliveries", {"cd"}}, {"class", klass}, {"review", false}},
        fmt::format("order-{}", orders_++)
    );
    return made.at("id").as_string().c_str();
}

void Crowd::wait_until_done(std::string const& render) {
    EXPECT_TRUE(soon([&] {
        auto const state = remote_.get("/v1/renders/" + render).at("state").as_string();
        return state != "queued" && state != "running";
    })) << render;
}

std::vector<Wait> waits_of_previews(service::Database& database) {
    // A seat starts its jobs one after another: what it ran when the preview came is the last one
    // that it had started by then.
    auto const rows =
        database.query("SELECT p.created AS asked, p.started AS started, p.id AS job FROM job p "
                       "WHERE p.kind='render' AND p.class='preview' ORDER BY p.id");
    std::vector<Wait> waits;
    for (auto const& row : rows) {
        auto const asked = row.integer("asked");
        auto const started = row.maybe_integer("started").value_or(0);
        auto const running = database.query(
            "SELECT a.started AS started, a.ended AS ended FROM attempt a JOIN job j ON j.id=a.job "
            "WHERE j.kind='render' AND a.started<=$1 AND a.started=(SELECT max(b.started) FROM "
            "attempt b JOIN job k ON k.id=b.job WHERE b.owner=a.owner AND k.kind='render' "
            "AND b.started<=$1) ORDER BY a.ended LIMIT 1",
            {asked}
        );
        EXPECT_FALSE(running.empty());
        auto const& job = running.front();
        auto const ended = job.maybe_integer("ended").value_or(started);
        auto const others = database.query(
            "SELECT count(*) AS count FROM job j WHERE j.kind='render' AND j.id<>$1 "
            "AND j.started>$2 AND j.started<$3",
            {row.text("job"), asked, started}
        );
        waits.push_back(
            {.ms = started - asked,
             .job_lengths = static_cast<double>(started - asked) /
                            static_cast<double>(ended - job.integer("started")),
             .over_ms = started - ended,
             .ran_before = others.front().integer("count")}
        );
    }
    return waits;
}

void outnumber(Crowd& crowd, int queued, int previews) {
    auto const many = crowd.newcomer("many");
    auto const one = crowd.newcomer("one");
    for (int i = 0; i < queued; ++i) {
        static_cast<void>(crowd.order(many, "normal"));
    }
    for (int i = 0; i < previews; ++i) {
        crowd.wait_until_done(crowd.order(one, "preview"));
    }
}

void expect_within_one_job(std::vector<Wait> const& waits, std::size_t previews) {
    ASSERT_EQ(waits.size(), previews);
    std::vector<double> lengths;
    std::vector<double> all_ms;
    for (auto const& wait : waits) {
        EXPECT_EQ(wait.ran_before, 0);
        EXPECT_LE(wait.over_ms, kLook_ms);
        lengths.push_back(wait.job_lengths);
        all_ms.push_back(static_cast<double>(wait.ms));
    }
    auto const note = [](std::string const& what, std::string const& text) {
        ::testing::Test::RecordProperty(what, text);
    };
    note("worst_job_lengths", fmt::format("{:.2f}", *std::ranges::max_element(lengths)));
    note("median_job_lengths", fmt::format("{:.2f}", middle_of(lengths)));
    note("worst", fmt::format("{} ms", *std::ranges::max_element(all_ms)));
    note("median", fmt::format("{} ms", middle_of(all_ms)));
}

} // namespace stemlathe::test
