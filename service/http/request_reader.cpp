#include "service/http/request_reader.hpp"

#include "service/http/characters.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstdint>

namespace stemlathe::service {

namespace {

namespace http = boost::beast::http;

std::string_view view(boost::beast::string_view text) noexcept {
    return {text.data(), text.size()};
}

} // namespace

std::optional<Fields> read_fields(std::string_view head, HeadFacts const& facts) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    parser.body_limit(boost::none);
    boost::system::error_code error;
    auto const used = parser.put(boost::asio::buffer(head), error);
    if (error == http::error::need_more) { // for the body, which comes later
        error.clear();
    }
    if (error || used != head.size() || !parser.is_header_done() || parser.chunked()) {
        return std::nullopt;
    }
    auto const& message = parser.get();
    auto const length = parser.content_length();
    std::size_t count = 0;
    Fields fields;
    for (auto const& field : message) {
        auto const [place, is_new] =
            fields.try_emplace(lower_case(view(field.name_string())), view(field.value()));
        if (!is_new) {
            place->second.append(", ").append(view(field.value()));
        }
        ++count;
    }
    bool const is_same = view(message.method_string()) == name_of(facts.method) &&
                         view(message.target()) == facts.target && count == facts.fields &&
                         static_cast<std::int64_t>(length.value_or(0)) == facts.body_bytes;
    return is_same ? std::optional{std::move(fields)} : std::nullopt;
}

} // namespace stemlathe::service
