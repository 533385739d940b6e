#pragma once

#include "service/client/remote.hpp"
#include "tests/service/client/fake_server.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe::test {

/// A service in memory that speaks the API as far as clients need it, checks offsets, checksums and
/// digests as tus wants it, and fails where a test tells it to.
class FakeService {
  public:
    /// What happens to a request instead of, or after, being handled.
    using Fault = std::function<std::optional<FakeReply>(FakeRequest const&)>;

    struct File {
        std::string name{};
        std::string kind{};
        std::string bytes{};
        boost::json::object settings{}; ///< role, priority, offset_s
        int version = 1;
        bool is_probed = false;
    };

    FakeService();

    [[nodiscard]] std::string address() const {
        return server_.address();
    }

    /// Settings of a client with the right token that repeats at once and gives up soon.
    [[nodiscard]] service::RemoteSettings settings() const;

    /// Answers instead of the service, until it answers nothing.
    void fail_before(Fault fault);
    /// The request is handled, but this is the answer.
    void fail_after(Fault fault);
    void cut_bodies(FakeServer::Cutter cutter);

    /// Outputs of every render from now on.
    void set_outputs(std::map<std::string, std::string> outputs, bool are_released = true);
    /// Every file of this name is rejected by the probe.
    void reject(std::string name);
    /// How renders end from now on: {"state", "problem", "result"}.
    void end_renders_with(boost::json::object end);

    [[nodiscard]] std::vector<File> files();
    [[nodiscard]] std::vector<boost::json::object> comments();
    [[nodiscard]] std::vector<boost::json::object> sessions();
    /// Bodies of the orders.
    [[nodiscard]] std::vector<boost::json::object> orders();
    /// How often "PATCH /v1/uploads/" and the like was asked for.
    [[nodiscard]] int count(std::string const& beginning);

  private:
    struct Upload {
        std::string kind{};
        std::string name{};
        std::string sha256{};
        std::size_t length = 0;
        std::string bytes{};
    };

    FakeReply handle(FakeRequest const& request);
    FakeReply answer(FakeRequest const& request);
    FakeReply answer_post(FakeRequest const& request);
    FakeReply answer_get(FakeRequest const& request);
    FakeReply make_upload(FakeRequest const& request);
    FakeReply send_upload(FakeRequest const& request);
    FakeReply change_stem(FakeRequest const& request);
    FakeReply list_stems();
    FakeReply show_render();
    FakeReply send_file(FakeRequest const& request);
    boost::json::object stem_json(std::size_t index) const;
    boost::json::object render_json();

    std::mutex mutex_;
    Fault before_{};
    Fault after_{};
    std::map<std::string, Upload> uploads_{};
    std::vector<File> files_{};
    std::vector<boost::json::object> sessions_{};
    std::vector<boost::json::object> comments_{};
    std::vector<boost::json::object> orders_{};
    std::map<std::string, FakeReply> kept_{}; ///< by Idempotency-Key
    std::map<std::string, std::string> outputs_{};
    std::vector<std::string> rejected_{};
    std::vector<std::string> log_{};
    boost::json::object end_{{"state", "succeeded"}, {"problem", nullptr}, {"result", nullptr}};
    bool are_released_ = true;
    int looks_ = 0; ///< at the render
    FakeServer server_;
};

/// Fails the first `times` requests that begin with "PATCH /v1/uploads" and the like.
[[nodiscard]] FakeService::Fault
first(int times, std::string const& beginning, FakeReply const& reply);

/// A problem document as the service sends it.
[[nodiscard]] FakeReply problem(int status, std::string const& kind, std::string const& detail);

} // namespace stemlathe::test
