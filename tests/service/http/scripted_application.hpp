#pragma once

#include "service/http/body.hpp"
#include "service/http/message.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <string>

namespace stemlathe::test {

/// Answers by path with what a test has laid down before the server starts.
class ScriptedApplication : public service::Application {
  public:
    using Admit = std::function<service::Admission(service::Request&)>;
    using Answer = std::function<service::Response(service::Request const&)>;

    void on(std::string const& path, Answer answer);
    void on_admit(std::string const& path, Admit admit);
    /// Takes bodies up to `bytes_max`, and gives them back.
    void echo(std::string const& path, std::size_t bytes_max);

    [[nodiscard]] service::Admission admit(service::Request& head) override;
    [[nodiscard]] service::Response answer(service::Request const& request) override;
    [[nodiscard]] service::Response refuse(
        service::Request const& request, service::RefusalKind const& kind, std::string_view detail
    ) override;

    [[nodiscard]] int admitted() const noexcept {
        return admitted_;
    }

    [[nodiscard]] int refused() const noexcept {
        return refused_;
    }

  private:
    std::map<std::string, Admit> admits_{};
    std::map<std::string, Answer> answers_{};
    std::atomic<int> admitted_{0};
    std::atomic<int> refused_{0};
};

} // namespace stemlathe::test
