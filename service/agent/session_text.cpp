#include "service/agent/session_text.hpp"

#include "host/model/session.hpp"
#include "host/toml/table_reader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

constexpr std::array<std::string_view, 8> kRelease{
    "title", "artist", "album", "isrc", "upc", "date", "genre", "audience"};

std::string text_of(boost::json::value const& value) {
    return std::string{value.as_string()};
}

bool has(boost::json::object const& object, std::string_view key) {
    auto const* const value = object.if_contains(key);
    return value != nullptr && !value->is_null();
}

std::string line(std::string_view key, boost::json::value const& text) {
    return fmt::format("{} = {}\n", key, toml_text(text_of(text)));
}

std::string release_text(boost::json::object const& details) {
    std::string text;
    for (auto const key : kRelease) {
        if (has(details, key)) {
            text += line(key, details.at(key));
        }
    }
    if (has(details, "platforms")) {
        std::string names;
        for (auto const& name : details.at("platforms").as_array()) {
            names += (names.empty() ? "" : ", ") + toml_text(text_of(name));
        }
        text += fmt::format("platforms = [{}]\n", names);
    }
    return text;
}

std::string stem_text(boost::json::object const& file) {
    std::string text = "\n[[stem]]\n" + line("file", file.at("filename"));
    if (has(file, "role")) {
        text += line("role", file.at("role"));
    }
    text += fmt::format("priority = {}\n", file.at("priority").to_number<std::int64_t>());
    auto const offset_s = file.at("offset_s").to_number<double>();
    return text + fmt::format("offset_s = {}\n", toml_number(offset_s));
}

/// A comment may name a stem that was taken out since; then it is about the mix.
bool names_a_stem(boost::json::object const& spec, std::string const& name) {
    return role_named(name) ||
           std::ranges::any_of(spec.at("files").as_array(), [&](boost::json::value const& file) {
               return text_of(file.at("kind")) == "stem" && text_of(file.at("filename")) == name;
           });
}

std::string comment_text(boost::json::object const& spec, boost::json::object const& comment) {
    std::string text = "\n[[comment]]\n" + line("text", comment.at("text"));
    if (has(comment, "stem") && names_a_stem(spec, text_of(comment.at("stem")))) {
        text += line("stem", comment.at("stem"));
    }
    for (auto const* const key : {"start_s", "end_s"}) {
        if (has(comment, key)) {
            auto const seconds = comment.at(key).to_number<double>();
            text += fmt::format("{} = {}\n", key, toml_number(seconds));
        }
    }
    return text;
}

} // namespace

std::string session_text(boost::json::object const& spec) {
    auto text = release_text(spec.at("details").as_object());
    for (auto const& file : spec.at("files").as_array()) {
        auto const kind = text_of(file.at("kind"));
        if (kind == "stem") {
            text += stem_text(file.as_object());
        } else if (kind == "reference_mix") {
            text += "\n[reference]\n" + line("mix", file.at("filename"));
        }
    }
    for (auto const& comment : spec.at("comments").as_array()) {
        text += comment_text(spec, comment.as_object());
    }
    return text;
}

} // namespace stemlathe::service
