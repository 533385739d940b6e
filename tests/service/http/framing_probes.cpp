#include "tests/service/http/framing_probes.hpp"

namespace stemlathe::test {

namespace {

std::string with_field(std::string const& field) {
    return "POST /first HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n";
}

} // namespace

std::vector<Probe> transfer_probes() {
    return {
        {"chunked", with_field("Transfer-Encoding: chunked") + "0\r\n\r\n", 501},
        {"gzip", with_field("Transfer-Encoding: gzip"), 501},
        {"gzip and length", with_field("Transfer-Encoding: gzip\r\nContent-Length: 0"), 501},
        {"length and chunked", with_field("Content-Length: 4\r\nTransfer-Encoding: chunked"), 501},
        {"xchunked", with_field("Transfer-Encoding: xchunked\r\nContent-Length: 0"), 501},
        {"chunked, identity",
         with_field("Transfer-Encoding: chunked, identity\r\nContent-Length: 0"),
         501},
        {"identity", with_field("Transfer-Encoding: identity\r\nContent-Length: 0"), 501},
        {"chunked twice",
         with_field("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked") + "0\r\n\r\n",
         501},
        {"chunked in capitals", with_field("TRANSFER-ENCODING: CHUNKED") + "0\r\n\r\n", 501},
        {"empty coding", with_field("Transfer-Encoding: \r\nContent-Length: 0"), 501},
        {"chunked in 1.0",
         "POST /first HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         501},
        {"folded coding", with_field("Transfer-Encoding:\r\n chunked"), 400},
        {"space before the colon", with_field("Transfer-Encoding : chunked"), 400},
        {"tab before the colon", with_field("Transfer-Encoding\t: chunked"), 400},
        {"vertical tab in the value",
         with_field("Transfer-Encoding: \x0B"
                    "chunked"),
         400},
        {"upgrade", with_field("Connection: Upgrade\r\nUpgrade: websocket"), 501},
        {"upgrade to h2c", with_field("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c"), 501}};
}

std::vector<Probe> length_probes() {
    return {
        {"two lengths", with_field("Content-Length: 0\r\nContent-Length: 5"), 400},
        {"the same length twice", with_field("Content-Length: 0\r\nContent-Length: 0"), 400},
        {"list of lengths", with_field("Content-Length: 0, 0"), 400},
        {"plus", with_field("Content-Length: +0"), 400},
        {"minus", with_field("Content-Length: -1"), 400},
        {"hexadecimal", with_field("Content-Length: 0x0"), 400},
        {"no digits", with_field("Content-Length: "), 400},
        {"space inside", with_field("Content-Length: 0 0"), 400},
        {"sixteen digits", with_field("Content-Length: 0000000000000000"), 400},
        {"overflow", with_field("Content-Length: 18446744073709551616"), 400},
        {"fraction", with_field("Content-Length: 0.0"), 400},
        {"folded length", with_field("Content-Length:\r\n 0"), 400},
        {"letters", with_field("Content-Length: none"), 400}};
}

std::vector<Probe> line_probes() {
    using std::string_literals::operator""s;
    return {
        {"folded field", with_field("X-A: one\r\n two"), 400},
        {"first field folded", "GET /first HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n", 400},
        {"bare LF", "GET /first HTTP/1.1\nHost: a\n\n", 400},
        {"one bare LF", "GET /first HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
        {"bare CR", "GET /first HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
        {"CR CR LF", "GET /first HTTP/1.1\r\nHost: a\r\r\n\r\n", 400},
        {"NUL in a value", with_field("X: a\0b"s), 400},
        {"NUL in the target", "GET /fi\0rst HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
        {"connection of no words", with_field("Connection: keep alive"), 400},
        {"no colon", with_field("X-A"), 400},
        {"no name", with_field(": value"), 400},
        {"name with a bracket", with_field("X(a): b"), 400},
        {"empty line first", "\r\nGET /first HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"no version", "GET /first\r\nHost: a\r\n\r\n", 400},
        {"two spaces", "GET  /first HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"tab for a space", "GET\t/first HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"space behind the version", "GET /first HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
        {"lower-case version", "GET /first http/1.1\r\nHost: a\r\n\r\n", 400},
        {"HTTP/1.2", "GET /first HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"lower-case method", "get /first HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"unknown method", "BREW /first HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"trace", "TRACE /first HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"connect", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501}};
}

std::vector<Probe> target_probes() {
    return {
        {"no host", "GET /first HTTP/1.1\r\n\r\n", 400},
        {"two hosts", "GET /first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"empty host", "GET /first HTTP/1.1\r\nHost: \r\n\r\n", 400},
        {"host with a user", "GET /first HTTP/1.1\r\nHost: me@a\r\n\r\n", 400},
        {"host with a path", "GET /first HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"list of hosts", "GET /first HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        {"absolute form", "GET http://a/first HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"authority form", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"dot dot", "GET /a/../first HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"escaped dot dot", "GET /a/%2e%2E/first HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"escaped slash", "GET /a%2ffirst HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"escaped backslash", "GET /a%5Cfirst HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"escaped NUL", "GET /first%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"escaped line end", "GET /first%0d%0aX:y HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"broken escape", "GET /first%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"not UTF-8", "GET /first%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"fragment", "GET /first#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"unknown expectation", with_field("Expect: 200-ok\r\nContent-Length: 0"), 417},
        {"two expectations",
         with_field("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 0"),
         400}};
}

} // namespace stemlathe::test
