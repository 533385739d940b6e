#include "tests/service/api/world.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <thread>

namespace stemlathe::test {

namespace {

using service::Method;

constexpr std::string_view kAllRights = R"(["listen","comment","approve","download"])";

std::string base64(std::string const& text) {
    std::string encoded(4 * (text.size() / 3 + 1) + 1, '\0');
    auto const length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(encoded.data()),
        reinterpret_cast<unsigned char const*>(text.data()),
        static_cast<int>(text.size())
    );
    encoded.resize(static_cast<std::size_t>(length));
    return encoded;
}

/// So that another one may be asked for.
void await_snapshot(TestApi const& api, std::string const& id) {
    using State = service::MadeSnapshot::State;
    while (api.snapshots.find(id).value().state == State::running) {
        std::this_thread::yield();
    }
}

} // namespace

std::string stem_metadata(std::string const& session, std::string const& filename) {
    return fmt::format(
        "session {},role {},filename {}", base64(session), base64("stem"), base64(filename)
    );
}

World::World() {
    session = api.session(api.client);
    auto const place = "/v1/sessions/" + session;
    auto const& client = api.client;
    ids["session"] = session;
    ids["stem"] = api.stem(session, "01_Drums.wav");
    ids["render"] = api.revision(client, session, "one");
    unapproved = api.revision(client, session, "two");
    ids["job"] = api.store.database()
                     .query("SELECT job FROM render WHERE id=$1", {ids["render"]})
                     .front()
                     .text("job");
    auto const of_render = fmt::format(R"({{"render":"{}"}})", ids["render"]);
    ids["approval"] = api.post(client, place + "/approvals", of_render).text("id");
    ids["delivery"] = api.post(client, place + "/deliveries", of_render).text("id");
    ids["comment"] =
        api.send(Method::post, client, place + "/comments", R"({"text":"0:47 - loud"})").text("id");
    ids["plan"] = api.send(Method::post, client, place + "/plans", R"({"plan":{}})").text("id");
    ids["preset"] = api.send(Method::post, client, "/v1/presets", R"({"name":"mine"})").text("id");
    auto const webhook =
        api.send(Method::post, client, "/v1/webhooks", R"({"url":"https://example.com/hooks"})");
    EXPECT_EQ(webhook.status, 201) << webhook.body;
    ids["webhook"] = webhook.text("id");
    ids["message"] =
        api.send(Method::post, client, "/v1/webhooks/" + ids["webhook"] + ":test").text("id");
    ids["client"] = api.client_id;
    ids["token"] = client.substr(0, client.find('_', 4));
    auto const upload = api.send(
        Method::post,
        client,
        "/v1/uploads",
        "",
        {{"tus-resumable", "1.0.0"},
         {"upload-length", "5"},
         {"upload-metadata", stem_metadata(session, "03_Bass.wav")}}
    );
    EXPECT_EQ(upload.status, 201) << upload.body;
    auto const location = upload.field("location");
    ids["upload"] = location.substr(location.rfind('/') + 1);
    ids["link"] = api.link(client, session, kAllRights);
    ids["share"] = ids["link"].substr(0, ids["link"].find('_', 4));
    auto const snapshot = api.snapshots.begin();
    EXPECT_TRUE(snapshot);
    ids["snapshot"] = snapshot ? snapshot->id : "";
    await_snapshot(api, ids["snapshot"]);
    ids["type"] = "not-found";
    ids["name"] = "masters/cd/Song.wav";
    tokens = {
        {"owner", api.owner},
        {"engineer", api.token_for("engineer", "house")},
        {"client", client},
        {"other client", api.stranger},
        {"reviewer", api.link(client, session, kAllRights)},
        {"other reviewer", api.link(api.stranger, api.song(api.stranger), kAllRights)},
        {"nobody", ""}};
}

std::string World::waiting_render() {
    return api.order(api.client, session);
}

std::string World::path_of(Operation const& operation) const {
    std::string path = operation.path;
    for (auto const& name : operation.path_parameters()) {
        auto const braces = "{" + name + "}";
        path.replace(path.find(braces), braces.size(), ids.at(name));
    }
    return path;
}

} // namespace stemlathe::test
