#include "service/http/message.hpp"

#include "service/http/body.hpp"

#include <utility>

namespace stemlathe::service {

std::string_view name_of(Method method) noexcept {
    switch (method) {
    case Method::get:
        return "GET";
    case Method::head:
        return "HEAD";
    case Method::post:
        return "POST";
    case Method::put:
        return "PUT";
    case Method::patch:
        return "PATCH";
    case Method::del:
        return "DELETE";
    case Method::options:
        return "OPTIONS";
    }
    return "?";
}

std::string_view Request::field(std::string_view name) const {
    auto const found = fields.find(name);
    return found == fields.end() ? std::string_view{} : std::string_view{found->second};
}

std::string const& Request::path_value(std::string_view name) const {
    static std::string const kNothing;
    auto const found = path_values.find(name);
    return found == path_values.end() ? kNothing : found->second;
}

std::optional<std::string> Request::query_value(std::string_view name) const {
    auto const found = query.find(name);
    return found == query.end() ? std::nullopt : std::optional{found->second};
}

Response& Response::with(std::string name, std::string value) & {
    fields.emplace_back(std::move(name), std::move(value));
    return *this;
}

Response&& Response::with(std::string name, std::string value) && {
    return std::move(with(std::move(name), std::move(value)));
}

} // namespace stemlathe::service
