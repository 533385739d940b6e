#include "tests/service/http/scripted_application.hpp"

#include <utility>

namespace stemlathe::test {

void ScriptedApplication::on(std::string const& path, Answer answer) {
    answers_[path] = std::move(answer);
}

void ScriptedApplication::on_admit(std::string const& path, Admit admit) {
    admits_[path] = std::move(admit);
}

void ScriptedApplication::echo(std::string const& path, std::size_t bytes_max) {
    on_admit(path, [bytes_max](service::Request&) {
        return service::Admission{.body_bytes_max = bytes_max};
    });
    on(path,
       [](service::Request const& request) { return service::Response{.body = request.body}; });
}

service::Admission ScriptedApplication::admit(service::Request& head) {
    ++admitted_;
    auto const found = admits_.find(head.path);
    return found == admits_.end() ? service::Admission{} : found->second(head);
}

service::Response ScriptedApplication::answer(service::Request const& request) {
    auto const found = answers_.find(request.path);
    return found == answers_.end() ? service::Response{.status = 404} : found->second(request);
}

service::Response ScriptedApplication::refuse(
    service::Request const& request, service::RefusalKind const& kind, std::string_view detail
) {
    ++refused_;
    auto body = std::string{kind.name} + ": " + std::string{detail} + " " + request.id;
    return service::Response{.status = kind.status, .body = std::move(body)}.with(
        "Content-Type", "text/plain"
    );
}

} // namespace stemlathe::test
