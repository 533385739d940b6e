#include "service/http/hub.hpp"
#include "tests/service/http/http_fixture.hpp"
#include "tests/service/http/recorded_sink.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace stemlathe::test {

namespace {

using service::Admission;
using service::BodySource;
using service::FileBody;
using service::Request;
using service::Response;

std::string pattern(std::size_t bytes) {
    std::string text(bytes, ' ');
    for (std::size_t i = 0; i < bytes; ++i) {
        text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    }
    return text;
}

std::shared_ptr<int const> file_of(std::string const& text) {
    int const file = ::memfd_create("body", MFD_CLOEXEC);
    EXPECT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    return {new int{file}, [](int const* descriptor) {
                ::close(*descriptor);
                delete descriptor;
            }};
}

class TextSource : public BodySource {
  public:
    TextSource(std::string text, std::size_t fails_at)
        : text_(std::move(text)), fails_at_(fails_at) {}

    [[nodiscard]] std::int64_t bytes() const override {
        return static_cast<std::int64_t>(text_.size());
    }

    std::size_t read(std::span<std::byte> into) override {
        if (at_ >= fails_at_) {
            throw std::runtime_error{"the file is broken"};
        }
        auto const count = std::min({into.size(), text_.size() - at_, std::size_t{10'000}});
        std::memcpy(into.data(), text_.data() + at_, count);
        at_ += count;
        return count;
    }

  private:
    std::string text_;
    std::size_t fails_at_;
    std::size_t at_ = 0;
};

class HttpBodies : public RoadFixture {
  protected:
    void take_uploads_at(std::string const& path, bool is_broken = false) {
        application.on_admit(path, [this, is_broken](Request&) {
            return Admission{.sink = std::make_unique<RecordedSink>(record, is_broken)};
        });
    }

    static std::string upload_head(std::string const& path, std::size_t bytes) {
        return "PATCH " + path +
               " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n";
    }

    void serve_source(std::string const& path, std::string const& text, std::size_t fails_at) {
        application.on(path, [=](Request const&) {
            return Response{.body = std::make_unique<TextSource>(text, fails_at)};
        });
    }

    SinkRecord record{};
};

auto const kIsFinished = [](SinkRecord::State const& state) {
    return state.is_destroyed;
};

TEST_P(HttpBodies, GoIntoASinkAsTheyAre) {
    take_uploads_at("/up");
    say_hello_at("/hello");
    start();
    auto const body = pattern(3'000'001);
    auto one = client();
    one.send(upload_head("/up", body.size()) + body + "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(one.response().status, 204);
    EXPECT_EQ(one.response().body, "hello"); // right behind it
    auto const state = record.wait_until(kIsFinished);
    EXPECT_EQ(state.body, body);
    EXPECT_EQ(state.finished, 1);
    EXPECT_TRUE(state.is_complete);
    state.interrupt(); // long over
    EXPECT_EQ(one.get("/hello").status, 200);
}

TEST_P(HttpBodies, OfNoBytesFinishASinkToo) {
    take_uploads_at("/up");
    start();
    auto one = client();
    one.send("POST /up HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(one.response().status, 204);
    auto const state = record.wait_until(kIsFinished);
    EXPECT_EQ(state.finished, 1);
    EXPECT_TRUE(state.is_complete);
}

TEST_P(HttpBodies, ThatAreCutOffLeaveWhatCame) {
    take_uploads_at("/up");
    start();
    auto one = client();
    one.send(upload_head("/up", 1'000) + "half");
    record.wait_until([](auto const& state) { return state.body == "half"; });
    one.vanish();
    auto const state = record.wait_until(kIsFinished);
    EXPECT_EQ(state.body, "half");
    EXPECT_EQ(state.finished, 1);
    EXPECT_FALSE(state.is_complete);
}

TEST_P(HttpBodies, ThatAreInterruptedEndAtOnceWithAnAnswer) {
    take_uploads_at("/up");
    start();
    auto one = client();
    one.send(upload_head("/up", 1'000) + "half");
    auto const open = record.wait_until([](auto const& state) { return state.body == "half"; });
    open.interrupt();
    open.interrupt();
    EXPECT_EQ(one.response().status, 202);
    EXPECT_EQ(one.rest(), "");
    EXPECT_FALSE(record.wait_until(kIsFinished).is_complete);
}

TEST_P(HttpBodies, MayBeInterruptedByTheApplicationWhileTheNewcomerWaits) {
    take_uploads_at("/up");
    application.on_admit("/offset", [this](Request&) {
        bool is_busy = false;
        std::function<void()> interrupt;
        record.change([&](auto& state) {
            is_busy = !state.is_destroyed;
            interrupt = state.interrupt;
        });
        if (!is_busy) {
            return Admission{};
        }
        interrupt();
        return Admission{
            .refusal = Response{.status = 423, .wait = service::Wait{std::chrono::seconds{60}}}};
    });
    say_hello_at("/offset");
    start();
    auto old = client();
    old.send(upload_head("/up", 1'000) + "half");
    record.wait_until([](auto const& state) { return state.body == "half"; });
    auto newcomer = client();
    newcomer.send("HEAD /offset HTTP/1.1\r\nHost: a\r\n\r\n");
    record.wait_until(kIsFinished);
    server->wake();
    EXPECT_EQ(newcomer.response(false).status, 200);
    EXPECT_EQ(old.response().status, 202);
}

TEST_P(HttpBodies, ThatCannotBeWrittenFinishTheSinkIncomplete) {
    take_uploads_at("/up", true);
    start();
    auto one = client();
    one.send(upload_head("/up", 1'000) + std::string(1'000, 'x'));
    EXPECT_EQ(one.response().status, 202);
    auto const state = record.wait_until(kIsFinished);
    EXPECT_EQ(state.finished, 1);
    EXPECT_FALSE(state.is_complete);
}

TEST_P(HttpBodies, ThatComeTooSlowlyAreCutOff) {
    settings.limits.rate_window = std::chrono::milliseconds{150};
    take_uploads_at("/up");
    start();
    auto one = client();
    one.send(upload_head("/up", 1'000'000) + "slow");
    EXPECT_EQ(one.response().status, 202);
    EXPECT_EQ(record.wait_until(kIsFinished).body, "slow");
}

TEST_P(HttpBodies, OfFilesAreSentFromTheirOffset) {
    auto const text = pattern(5'000'000);
    auto const file = file_of(text);
    application.on("/all", [&](Request const&) {
        return Response{.body = FileBody{.descriptor = file, .bytes = 5'000'000}};
    });
    application.on("/part", [&](Request const&) {
        return Response{
            .status = 206,
            .body = FileBody{.descriptor = file, .offset = 1'000'001, .bytes = 70'000}};
    });
    start();
    auto one = client();
    EXPECT_EQ(one.get("/all").body, text);
    EXPECT_EQ(one.get("/part").body, text.substr(1'000'001, 70'000));
    one.send("HEAD /all HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(one.response(false).field("content-length"), "5000000");
    EXPECT_EQ(one.get("/part").status, 206);
}

/// However many wait for another machine, who does not is answered before any of them.
TEST_P(HttpBodies, ThatComeLaterHoldUpNobodyElse) {
    std::promise<void> arrival;
    auto const arrived = arrival.get_future().share();
    auto const file = file_of("from afar");
    application.on("/afar", [&](Request const&) {
        Response draft{.status = 206, .body = FileBody{.bytes = 9}};
        draft.with("X-Draft", "kept");
        draft.later = [&](Response given) {
            arrived.wait();
            std::get<FileBody>(given.body).descriptor = file;
            return given;
        };
        return draft;
    });
    application.on("/refused", [](Request const&) {
        Response draft{.body = FileBody{.bytes = 9}};
        draft.later = [](Response const&) {
            return Response{.status = 503, .body = std::string{"away"}};
        };
        return draft;
    });
    application.on("/file", [&](Request const&) {
        return Response{.body = FileBody{.descriptor = file, .bytes = 9}};
    });
    say_hello_at("/hello");
    start();
    std::vector<RawClient> waiting;
    for (std::size_t i = 0; i < service::Hub::kPatientThreads + 4; ++i) {
        waiting.push_back(client());
        waiting.back().send("GET /afar HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    auto one = client();
    EXPECT_EQ(one.get("/hello").body, "hello");
    EXPECT_EQ(one.get("/file").body, "from afar");
    arrival.set_value();
    for (auto& other : waiting) {
        auto const answer = other.response();
        EXPECT_EQ(answer.status, 206);
        EXPECT_EQ(answer.field("x-draft"), "kept");
        EXPECT_EQ(answer.body, "from afar");
    }
    auto const refusal = one.get("/refused");
    EXPECT_EQ(refusal.status, 503);
    EXPECT_EQ(refusal.body, "away");
}

TEST_P(HttpBodies, OfFilesThatShrankEndTheConnectionShort) {
    auto const file = file_of("short");
    application.on("/file", [&](Request const&) {
        return Response{.body = FileBody{.descriptor = file, .bytes = 100}};
    });
    start();
    auto one = client();
    one.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(one.rest().ends_with("\r\n\r\nshort"));
    EXPECT_TRUE(one.has_ended());
}

TEST_P(HttpBodies, OfSourcesAreMadePieceByPiece) {
    auto const text = pattern(1'000'003);
    serve_source("/source", text, text.size() + 1);
    serve_source("/broken", text, 500'000);
    serve_source("/empty", "", 1);
    start();
    auto one = client();
    EXPECT_EQ(one.get("/source").body, text);
    EXPECT_EQ(one.get("/empty").body, "");
    EXPECT_EQ(one.get("/source").body, text);
    one.send("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const broken = one.rest();
    EXPECT_TRUE(one.has_ended());
    EXPECT_TRUE(broken.ends_with(text.substr(499'000, 1'000)));
}

TEST_P(HttpBodies, DoNotMindClientsThatLeave) {
    auto const text = pattern(20'000'000);
    auto const file = file_of(text);
    application.on("/file", [&](Request const&) {
        return Response{.body = FileBody{.descriptor = file, .bytes = 20'000'000}};
    });
    serve_source("/source", text, text.size() + 1);
    application.on("/text", [&](Request const&) { return Response{.body = text}; });
    start();
    for (std::string const path : {"/file", "/source", "/text"}) {
        for (int i = 0; i < 5; ++i) {
            auto one = client();
            one.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
            EXPECT_NE(one.read_until("\r\n\r\n"), "");
            one.vanish();
        }
    }
    EXPECT_EQ(client().get("/file").body, text);
}

STEMLATHE_ON_BOTH_ROADS(HttpBodies);

} // namespace

} // namespace stemlathe::test
