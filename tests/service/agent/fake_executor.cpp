#include "formats/checksum.hpp"
#include "service/executor/executor.hpp"
#include "service/executor/line_channel.hpp"
#include "service/executor/order.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/array.hpp>
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <string>
#include <string_view>

/// An executor that renders nothing and behaves as its first word says.
namespace stemlathe::test {

namespace {

using service::LineChannel;
using service::Order;
using std::chrono::milliseconds;

boost::json::object result() {
    return {
        {"engine", nullptr},
        {"deliveries", boost::json::array{}},
        {"plan", boost::json::object{{"schema", "stemlathe.plan/1"}}}};
}

/// What every job leaves: three files that name it, so that no two jobs have the same.
void leave_report(Order const& order) {
    for (auto const* const name : {"report.html", "report.json", "manifest.json"}) {
        write_file(order.out / name, std::string{name} + " of " + order.job);
    }
}

void say(LineChannel& channel, boost::json::object const& message) {
    static_cast<void>(channel.send(message));
}

void say_done(LineChannel& channel, Order const& order, boost::json::object const& what) {
    say(channel, {{"job", order.job}, {"done", what}});
}

void say_failed(
    LineChannel& channel, Order const& order, char const* code, std::string_view message
) {
    say(channel,
        {{"job", order.job},
         {"failed", {{"code", code}, {"message", message}, {"findings", nullptr}}}});
}

void be_honest(LineChannel& channel, Order const& order) {
    leave_report(order);
    say_done(channel, order, result());
}

/// Work in eleven steps that tells its progress and can be cancelled.
void work(LineChannel& channel, Order const& order, milliseconds step) {
    for (int percent = 0; percent <= 100; percent += 10) {
        say(channel,
            {{"job", order.job}, {"progress", {{"stage", order.kind}, {"percent", percent}}}});
        auto const message = channel.receive(step);
        if (message && message->contains("cancel")) {
            say_failed(channel, order, "cancelled", "stopped on request");
            return;
        }
    }
    be_honest(channel, order);
}

void be_slow(LineChannel& channel, Order const& order) {
    work(channel, order, milliseconds{50});
}

void be_brisk(LineChannel& channel, Order const& order) {
    work(channel, order, milliseconds{10});
}

/// Lives, and neither gets on nor listens.
void be_deaf(LineChannel& channel, Order const& /*order*/) {
    while (true) {
        say(channel, {{"alive", true}});
        ::usleep(50'000);
    }
}

void be_silent(LineChannel& /*channel*/, Order const& /*order*/) {
    while (true) {
        ::pause();
    }
}

void crash(LineChannel& /*channel*/, Order const& order) {
    leave_report(order);
    ::_exit(1);
}

void lose_device(LineChannel& channel, Order const& order) {
    say_failed(channel, order, "device_lost", "the card fell out");
    ::_exit(service::kExecutorFault);
}

void leave_nothing(LineChannel& channel, Order const& order) {
    say_done(channel, order, result());
}

/// Says that it delivered another file than the one that lies there.
void deliver_another(LineChannel& channel, Order const& order) {
    leave_report(order);
    write_file(order.out / "masters" / "cd" / "song.wav", "noise");
    auto what = result();
    what["deliveries"] = {
        {{"name", "cd"},
         {"profile", "cd"},
         {"files", {{{"path", "masters/cd/song.wav"}, {"sha256", std::string(64, '0')}}}}}};
    say_done(channel, order, what);
}

/// Leaves a link to a file that is none of its business.
void leave_a_link(LineChannel& channel, Order const& order) {
    leave_report(order);
    static_cast<void>(::symlink("/etc/passwd", (order.out / "passwd").c_str()));
    say_done(channel, order, result());
}

void answer_for_another(LineChannel& channel, Order const& order) {
    leave_report(order);
    say(channel, {{"job", order.job + "x"}, {"done", result()}});
}

void leave_out_what_matters(LineChannel& channel, Order const& order) {
    say(channel, {{"job", order.job}});
}

void refuse(LineChannel& channel, Order const& order) {
    say(channel,
        {{"job", order.job},
         {"failed",
          {{"code", "intake_refused"},
           {"message", "the session was refused"},
           {"findings",
            {{{"severity", "refuse"}, {"message", "01_Drums.wav is cut off"}},
             {{"severity", "info"}, {"message", "there is no reference mix"}}}}}}});
}

void run_short(LineChannel& channel, Order const& order) {
    say_failed(channel, order, "out_of_memory", "the memory is full");
}

/// Tells what it knows of its surroundings.
void tell_environment(LineChannel& channel, Order const& order) {
    std::string text;
    for (char** variable = ::environ; *variable != nullptr; ++variable) {
        text += std::string{*variable} + "\n";
    }
    say_failed(channel, order, "unreadable", text + "in " + order.folder.string() + "/x.wav");
}

/// "crowded:FILE": honest, on a card of which as many MiB are free as FILE says.
constexpr std::string_view kCrowded = "crowded:";

boost::json::object with_memory(boost::json::object message, std::string const& name) {
    if (name.starts_with(kCrowded)) {
        auto const free_mib = std::stoll(read_file(name.substr(kCrowded.size())));
        message["memory"] = {{"free_mib", free_mib}, {"total_mib", 8'192}};
    }
    return message;
}

using Manner = std::function<void(LineChannel&, Order const&)>;

/// Renders at once, and leaves a master that a browser could play.
void leave_a_master(LineChannel& channel, Order const& order) {
    leave_report(order);
    auto const file = std::string{"masters/streaming/song.wav"};
    write_file(order.out / file, "noise of " + order.job);
    auto what = result();
    what["deliveries"] = {
        {{"name", "streaming"},
         {"profile", "streaming"},
         {"files", {{{"path", file}, {"sha256", sha256_of_file(order.out / file)}}}}}};
    say_done(channel, order, what);
}

/// What it does with an order to make what a browser plays.
void review(LineChannel& channel, Order const& order, std::string const& name) {
    if (name == "slow-review") {
        work(channel, order, milliseconds{100});
    } else if (name == "crash-review") {
        ::_exit(1);
    } else {
        write_file(order.out / "review" / "review.mp3", read_file(order.out / order.source));
        say_done(channel, order, {});
    }
}

std::map<std::string, Manner> const& manners() {
    static std::map<std::string, Manner> const kManners{
        {"honest", be_honest},
        {"slow", be_slow},
        {"brisk", be_brisk},
        {"deaf", be_deaf},
        {"silent", be_silent},
        {"crash", crash},
        {"lose-device", lose_device},
        {"sick-card", lose_device}, // and nothing else of it is
        {"leave-nothing", leave_nothing},
        {"deliver-another", deliver_another},
        {"leave-a-link", leave_a_link},
        {"answer-for-another", answer_for_another},
        {"leave-out-what-matters", leave_out_what_matters},
        {"refuse", refuse},
        {"run-short", run_short},
        {"tell-environment", tell_environment},
        {"review", leave_a_master},
        {"slow-review", leave_a_master},
        {"crash-review", leave_a_master}};
    return kManners;
}

} // namespace

int run_fake(std::string const& name, std::string const& device) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    LineChannel channel{service::kExecutorSocket};
    if (name == "unusable") {
        say(channel, {{"unusable", {{"code", "no_device"}, {"message", "there is no card"}}}});
        return 1;
    }
    bool const is_card = device.starts_with("cuda");
    bool const is_honest = name.starts_with(kCrowded) || (name == "sick-card" && !is_card);
    auto const manner = manners().at(is_honest ? "honest" : name);
    boost::json::object const ready{
        {"backend", is_card ? "cuda" : "cpu"}, {"device", is_card ? "fake card" : "fake"}};
    say(channel, {{"ready", with_memory(ready, name)}});
    while (!channel.is_over()) {
        auto const message = channel.receive(milliseconds{100});
        if (message && message->contains("kind")) {
            auto const order = service::order_of(*message);
            order.kind == "review" ? review(channel, order, name) : manner(channel, order);
        } else {
            say(channel, with_memory({{"alive", true}}, name));
        }
    }
    return 0;
}

} // namespace stemlathe::test

int main(int argc, char** argv) {
    return argc > 3 ? stemlathe::test::run_fake(argv[1], argv[3]) : 2; // behind --device
}
