#include "service/metrics/exposition.hpp"
#include "service/metrics/families.hpp"
#include "service/metrics/measured_database.hpp"
#include "service/metrics/process_figures.hpp"
#include "service/metrics/service_figures.hpp"
#include "service/store/sqlite/sqlite_database.hpp"
#include "tests/service/metrics/exposition_reader.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <thread>

/// What Prometheus reads.
namespace stemlathe::test {

namespace {

using service::CounterFamily;
using service::Exposition;
using service::HistogramFamily;
using service::Label;

std::string faults(std::string const& text) {
    std::string all;
    for (auto const& fault : read_exposition(text).faults) {
        all += fault + "\n";
    }
    return all;
}

/// The reader is the judge of all that follows, so it must find what is wrong.
TEST(ExpositionReader, FindsWhatBreaksTheFormat) {
    std::string const head = "# HELP a_total x\n# TYPE a_total counter\n";
    EXPECT_EQ(faults(head + "a_total 1\na_total{x=\"y\\\"\\\\\\n\",z=\"\"} 2.5\n"), "");
    for (auto const* wrong :
         {"a_total 1",
          "a_total one\n",
          "a_total -1\n",
          "a_total  1\n",
          "a_total 1\na_total 2\n",
          "a_total{x=\"y\"y} 1\n",
          "a_total{x=\"y\" z=\"\"} 1\n",
          "a_total{1x=\"y\"} 1\n",
          "a_total{x=\"\\y\"} 1\n",
          "a_total{x=\"1\",x=\"2\"} 1\n",
          "a_total{le=\"1\"} 1\n",
          "b_total 1\n",
          "a_total 1\n# TYPE a_total counter\n",
          "# HELP a_total x\n# TYPE a_total counter\n"}) {
        EXPECT_NE(faults(head + wrong), "") << wrong;
    }
    EXPECT_NE(faults("# HELP a x\n# TYPE a counter\na 1\n"), "");
    std::string const histogram = "# HELP h x\n# TYPE h histogram\n";
    EXPECT_EQ(
        faults(histogram + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n"),
        ""
    );
    for (auto const* wrong :
         {"h_bucket{le=\"1\"} 1\nh_sum 3\nh_count 1\n",
          "h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n",
          "h_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 3\n",
          "h_bucket{le=\"+Inf\"} 2\nh_count 2\n",
          "h_bucket 2\nh_sum 3\nh_count 2\n"}) {
        EXPECT_NE(faults(histogram + wrong), "") << wrong;
    }
}

TEST(Exposition, EscapesAndWritesNumbersAsTheyAre) {
    Exposition exposition;
    exposition.family("x", "gauge", "a \"help\"\nin two \\ lines");
    std::array<Label, 2> const labels{Label{"a", "q\"b\\n\n"}, Label{"b", "z\u00FCrich"}};
    exposition.sample(0.1, labels);
    exposition.sample(std::numeric_limits<double>::infinity());
    exposition.gauge("bytes", "Bytes.", 123'456'789'012'345.0);
    auto const text = std::move(exposition).take();
    EXPECT_EQ(
        text,
        "# HELP x a \"help\"\\nin two \\\\ lines\n# TYPE x gauge\n"
        "x{a=\"q\\\"b\\\\n\\n\",b=\"z\u00FCrich\"} 0.1\nx +Inf\n"
        "# HELP bytes Bytes.\n# TYPE bytes gauge\nbytes 123456789012345\n"
    );
    EXPECT_EQ(faults(text), "");
}

TEST(CounterFamily, CountsForEachSetOfLabels) {
    CounterFamily family{{"a_total", "x", {"kind", "end"}}};
    family.add({"render", "good"});
    family.add({"render", "good"}, 2.0);
    family.add({"probe", "bad"});
    Exposition exposition;
    family.write(exposition);
    auto const read = read_exposition(std::move(exposition).take());
    EXPECT_TRUE(read.faults.empty());
    EXPECT_EQ(read.value("a_total{kind=\"render\",end=\"good\"}"), 3.0);
    EXPECT_EQ(read.value("a_total{kind=\"probe\",end=\"bad\"}"), 1.0);
}

TEST(HistogramFamily, PutsFiguresIntoTheBucketsThatHoldThem) {
    HistogramFamily family{{"h", "x", {"what"}}, {1.0, 2.5}};
    for (double const figure : {0.5, 1.0, 1.001, 2.5, 99.0}) { // a bound belongs to its bucket
        family.observe({"a"}, figure);
    }
    family.observe({"b"}, 3.0);
    Exposition exposition;
    family.write(exposition);
    auto const read = read_exposition(std::move(exposition).take());
    EXPECT_TRUE(read.faults.empty()) << read.faults[0];
    EXPECT_EQ(read.value("h_bucket{what=\"a\",le=\"1\"}"), 2.0);
    EXPECT_EQ(read.value("h_bucket{what=\"a\",le=\"2.5\"}"), 4.0);
    EXPECT_EQ(read.value("h_bucket{what=\"a\",le=\"+Inf\"}"), 5.0);
    EXPECT_EQ(read.value("h_count{what=\"a\"}"), 5.0);
    EXPECT_DOUBLE_EQ(read.value("h_sum{what=\"a\"}"), 104.001);
    EXPECT_EQ(read.value("h_count{what=\"b\"}"), 1.0);
}

TEST(MetricsThreads, CountWhatAllOfThemCount) {
    CounterFamily family{{"a_total", "x", {"who"}}};
    std::array<std::thread, 4> threads;
    for (auto& thread : threads) {
        thread = std::thread{[&] {
            for (int i = 0; i < 10'000; ++i) {
                family.add({i % 2 == 0 ? "even" : "odd"});
            }
        }};
    }
    for (auto& thread : threads) {
        thread.join();
    }
    Exposition exposition;
    family.write(exposition);
    EXPECT_EQ(
        read_exposition(std::move(exposition).take()).value("a_total{who=\"odd\"}"), 20'000.0
    );
}

TEST(ServiceFigures, SayWhatWasCounted) {
    service::ServiceFigures figures;
    figures.answered(
        {.method = "PATCH",
         .operation = "/v1/uploads/{upload}",
         .status = 204,
         .seconds = 3.0,
         .received_bytes = 5e9}
    );
    figures.answered({.method = "GET", .operation = "", .status = 431});
    figures.executor_broke("cuda:0");
    figures.event_sent(-0.001); // two clocks
    figures.certificate_expires(1'803'521'550.0);
    Exposition exposition;
    figures.write(exposition);
    service::write_process(exposition);
    auto const read = read_exposition(std::move(exposition).take());
    EXPECT_TRUE(read.faults.empty()) << read.faults[0];
    EXPECT_EQ(
        read.value("stemlathe_http_requests_total{method=\"PATCH\",operation=\"/v1/uploads/"
                   "{upload}\",status=\"2xx\"}"),
        1.0
    );
    EXPECT_EQ(
        read.value("stemlathe_http_requests_total{method=\"GET\",operation=\"none\",status=\"4xx\"}"
        ),
        1.0
    );
    EXPECT_EQ(
        read.value("stemlathe_http_received_bytes_total{operation=\"/v1/uploads/{upload}\"}"), 5e9
    );
    EXPECT_EQ(read.value("stemlathe_executor_restarts_total{device=\"cuda:0\"}"), 1.0);
    EXPECT_EQ(read.value("stemlathe_event_lag_seconds_sum"), 0.0);
    EXPECT_EQ(read.value("stemlathe_tls_certificate_expiry_seconds"), 1'803'521'550.0);
    EXPECT_GT(read.value("process_resident_memory_bytes"), 1e6);
    EXPECT_GT(read.value("process_open_fds"), 2.0);
    EXPECT_GT(read.value("process_cpu_seconds_total"), 0.0);
}

TEST(MeasuredDatabase, AnswersAsTheOtherAndTimesIt) {
    service::ServiceFigures figures;
    service::MeasuredDatabase database{
        std::make_unique<service::SqliteDatabase>(service::SqliteOptions{}), figures};
    database.run_script("CREATE TABLE t(a BIGINT)");
    {
        service::Transaction transaction{database};
        EXPECT_TRUE(database.in_transaction());
        database.query("INSERT INTO t VALUES($1)", {std::int64_t{7}});
        transaction.commit();
    }
    EXPECT_EQ(database.query("SELECT a FROM t").front().integer("a"), 7);
    EXPECT_ANY_THROW(database.query("SELECT b FROM t"));
    Exposition exposition;
    figures.write(exposition);
    auto const read = read_exposition(std::move(exposition).take());
    EXPECT_EQ(read.value("stemlathe_database_seconds_count{what=\"query\"}"), 2.0);
    EXPECT_EQ(read.value("stemlathe_database_seconds_count{what=\"begin\"}"), 1.0);
    EXPECT_EQ(read.value("stemlathe_database_seconds_count{what=\"commit\"}"), 1.0);
    EXPECT_EQ(read.value("stemlathe_database_failures_total{what=\"query\"}"), 1.0);
}

} // namespace

} // namespace stemlathe::test
