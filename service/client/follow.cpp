#include "service/client/follow.hpp"

#include "service/client/documents.hpp"
#include "service/client/submit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace stemlathe::service {

namespace {

/// How long the service may keep an answer until something changed (RFC 7240, 4.3).
constexpr std::string_view kPreferred = "wait=2";
constexpr std::chrono::milliseconds kBetweenLooks{500};

Code code_named(std::string_view name) {
    constexpr std::array kCodes{
        Code::invalid_argument,
        Code::invalid_session,
        Code::invalid_plan,
        Code::not_found,
        Code::unreadable,
        Code::not_a_number,
        Code::intake_refused,
        Code::out_of_memory,
        Code::device_lost,
        Code::storage_full,
        Code::storage_failed};
    auto const found = std::ranges::find(kCodes, name, [](Code code) { return name_of(code); });
    return found != kCodes.end() ? *found : Code::internal;
}

} // namespace

boost::json::object follow_render(Remote& remote, std::string const& render, Steps& steps) {
    while (true) {
        auto const asked = std::chrono::steady_clock::now();
        auto document = remote.get("/v1/renders/" + render, {{"Prefer", std::string{kPreferred}}});
        auto const state = text_in(document, "state");
        bool const is_over = state != "queued" && state != "running";
        auto const stage = state == "queued" ? std::string{"queue"} : text_in(document, "stage");
        steps.show(
            stage.empty() ? "render" : stage,
            kRenderShare.from,
            kRenderShare.to,
            is_over ? 1.0 : number_in(document, "progress") / 100.0
        );
        if (is_over) {
            require_not_failed(document);
            return document;
        }
        auto const spent = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - asked
        );
        sleep_for(std::max(kBetweenLooks - spent, std::chrono::milliseconds{0}), remote.stop());
    }
}

void require_not_failed(boost::json::object const& render) {
    auto const state = text_in(render, "state");
    auto const id = text_in(render, "id");
    if (state == "canceled") {
        throw Failure{Code::cancelled, fmt::format("render {} was cancelled; order it again", id)};
    }
    if (state != "failed") {
        return;
    }
    auto const problem = object_in(render, "problem");
    auto sentence = text_in(problem, "message");
    if (sentence.empty()) {
        sentence = text_in(problem, "detail");
    }
    throw Failure{
        code_named(text_in(problem, "code")),
        fmt::format(
            "render {} failed: {}", id, sentence.empty() ? "the service does not say why" : sentence
        )};
}

bool is_within_spec(boost::json::object const& render) {
    auto const deliveries = objects_in(object_in(render, "result"), "deliveries");
    return std::ranges::none_of(deliveries, [](auto const& delivery) {
        auto const* const within = delivery.if_contains("within_spec");
        return within != nullptr && within->is_bool() && !within->as_bool();
    });
}

} // namespace stemlathe::service
