#include "service/http/event_text.hpp"
#include "service/http/response_head.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace stemlathe::service {

namespace {

std::string head_of(Response const& response, Method method = Method::get) {
    return response_head(
        response,
        {.method = method,
         .request_id = "17",
         .keeps_alive = true,
         .now = std::chrono::sys_seconds{std::chrono::seconds{784'111'777}}}
    );
}

std::size_t count(std::string const& text, std::string_view word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        ++found;
    }
    return found;
}

TEST(HttpResponseHead, SaysWhatThePolicyAsksOf) {
    auto const head = head_of(Response{.status = 201, .body = std::string{"12345"}});
    EXPECT_TRUE(head.starts_with("HTTP/1.1 201 Created\r\n"));
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
    for (auto const* const line :
         {"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
          "X-Request-Id: 17\r\n",
          "Content-Length: 5\r\n",
          "Connection: keep-alive\r\n",
          "Cache-Control: no-store\r\n",
          "X-Content-Type-Options: nosniff\r\n",
          "Referrer-Policy: no-referrer\r\n",
          "Cross-Origin-Resource-Policy: same-origin\r\n",
          "Content-Security-Policy: default-src 'self'; media-src 'self' blob:; object-src 'none'; "
          "frame-ancestors 'none'; base-uri 'none'\r\n"}) {
        EXPECT_EQ(count(head, line), 1U) << line;
    }
}

TEST(HttpResponseHead, HoldsBrowsersToEncryptionWhereThereIsAny) {
    constexpr std::string_view kName = "Strict-Transport-Security: ";
    EXPECT_EQ(count(head_of({}), kName), 0U);
    auto const head = response_head({}, {.is_secure = true});
    EXPECT_EQ(count(head, "Strict-Transport-Security: max-age=31536000\r\n"), 1U);
    auto const own = Response{}.with("Strict-Transport-Security", "max-age=0");
    EXPECT_EQ(count(response_head(own, {.is_secure = true}), kName), 1U);
}

TEST(HttpResponseHead, LetsTheApplicationTightenButNotFrame) {
    auto const response = Response{}
                              .with("content-security-policy", "default-src 'none'")
                              .with("Cache-Control", "private")
                              .with("Content-Length", "99")
                              .with("Transfer-Encoding", "chunked")
                              .with("Date", "yesterday");
    auto const head = head_of(response);
    EXPECT_NE(head.find("content-security-policy: default-src 'none'\r\n"), std::string::npos);
    EXPECT_EQ(head.find("Content-Security-Policy"), std::string::npos);
    EXPECT_EQ(count(head, "Cache-Control: "), 1U);
    EXPECT_EQ(count(head, "Content-Length: "), 1U);
    EXPECT_EQ(head.find("Transfer-Encoding"), std::string::npos);
    EXPECT_EQ(head.find("yesterday"), std::string::npos);
}

TEST(HttpResponseHead, CannotBeSplitByAValue) {
    auto const response = Response{}
                              .with("Location", "/a\r\nSet-Cookie: x=y")
                              .with("X-Nul", std::string{"a\0b", 3})
                              .with("X Y", "z")
                              .with("", "z")
                              .with("X-Good", "caf\xC3\xA9");
    auto const head = head_of(response);
    EXPECT_EQ(head.find("Set-Cookie"), std::string::npos);
    EXPECT_EQ(head.find("X-Nul"), std::string::npos);
    EXPECT_EQ(head.find("X Y"), std::string::npos);
    EXPECT_NE(head.find("X-Good: caf\xC3\xA9\r\n"), std::string::npos);
    EXPECT_EQ(count(head, "\r\n\r\n"), 1U);
}

TEST(HttpResponseHead, GivesNoLengthWhereThereIsNoBodyByDefinition) {
    for (int const status : {204, 304}) {
        Response const response{.status = status};
        EXPECT_EQ(head_of(response).find("Content-Length"), std::string::npos) << status;
        EXPECT_FALSE(has_body(response, Method::get)) << status;
    }
    EXPECT_FALSE(has_body(Response{}, Method::head));
    EXPECT_TRUE(has_body(Response{}, Method::post));
}

TEST(HttpEventText, PutsEveryLineOfDataOnALineOfItsOwn) {
    std::string text;
    std::vector<ServerEvent> const events{
        {.id = 7, .type = "render.progress", .data = "{}"},
        {.id = 8, .type = "x", .data = "a\nb\r\nid: 9\rc"}};
    EXPECT_TRUE(append_events(events, 1'000, text));
    EXPECT_EQ(
        text,
        "id: 7\nevent: render.progress\ndata: {}\n\n"
        "id: 8\nevent: x\ndata: a\ndata: b\ndata: id: 9\ndata: c\n\n"
    );
}

TEST(HttpEventText, LeavesOutWhatWouldFillTheBufferButNeverTheFirst) {
    std::string const data(50, 'x');
    std::vector<ServerEvent> const events{
        {.id = 1, .type = "x", .data = data},
        {.id = 2, .type = "x", .data = data},
        {.id = 3, .type = "x", .data = data}};
    std::string text;
    EXPECT_FALSE(append_events(events, 160, text));
    EXPECT_NE(text.find("id: 2\n"), std::string::npos);
    EXPECT_EQ(text.find("id: 3\n"), std::string::npos);
    text.clear();
    EXPECT_FALSE(append_events(events, 10, text));
    EXPECT_EQ(text.find("id: 2\n"), std::string::npos);
    EXPECT_TRUE(text.starts_with("id: 1\n"));
}

} // namespace

} // namespace stemlathe::service
