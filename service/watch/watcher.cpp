#include "service/watch/watcher.hpp"

#include "host/pipeline/master.hpp"
#include "host/session/scan.hpp"
#include "service/client/documents.hpp"
#include "service/client/fetch.hpp"
#include "service/client/follow.hpp"
#include "service/watch/result_folder.hpp"

#include <fmt/format.h>

#include <exception>
#include <iterator>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::string_view kFailed = "FAILED.txt";

std::filesystem::path existing_folder(std::filesystem::path const& folder) {
    if (!std::filesystem::is_directory(folder)) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is no folder, so nothing can be dropped there; make it", folder.string()
            )}
            .about_file(folder.string());
    }
    return folder;
}

/// What a person reads who finds no masters.
std::string words_of(Failure const& failure) {
    std::string text = fmt::format("{}\n", failure.what());
    if (auto const* const refused = dynamic_cast<IntakeRefused const*>(&failure)) {
        for (auto const& finding : refused->findings()) {
            if (finding.severity != Severity::info) {
                text += fmt::format("{}: {}\n", name_of(finding.severity), finding.message);
            }
        }
    }
    return text;
}

} // namespace

Watcher::Watcher(WatchSettings settings)
    : settings_(std::move(settings)),
      lock_(existing_folder(settings_.folder)),
      box_(settings_.folder, settings_.quiet),
      thread_([this](std::stop_token const& stop) { watch(stop); }) {}

void Watcher::watch(std::stop_token const& stop) {
    events_.watch(settings_.folder);
    while (!stop.stop_requested()) {
        drop_finished();
        auto const now = Clock::now();
        for (auto const& session : box_.complete(now)) {
            auto const wait = not_before_.find(session);
            bool const may_start = wait == not_before_.end() || wait->second <= now;
            if (may_start && jobs_.size() < settings_.at_once && !jobs_.contains(session)) {
                start(session);
            }
        }
        for (auto const& session : box_.seen()) {
            events_.watch(session);
        }
        events_.wait(settings_.look_every, stop);
    }
    for (auto const& [session, job] : jobs_) {
        job->thread.request_stop(); // all at once; joining them follows
    }
    jobs_.clear();
}

void Watcher::drop_finished() {
    for (auto job = jobs_.begin(); job != jobs_.end();) {
        job = job->second->is_over ? jobs_.erase(job) : std::next(job);
    }
}

void Watcher::start(std::filesystem::path const& session) {
    not_before_[session] = Clock::now() + settings_.again_after;
    auto& job = *(jobs_[session] = std::make_unique<Job>());
    job.thread = std::jthread{[this, session, &job](std::stop_token const& stop) {
        master(session, stop);
        job.is_over = true;
    }};
}

void Watcher::master(std::filesystem::path const& session, std::stop_token const& stop) {
    auto const name = session.filename().string();
    try {
        submit_and_fetch(session, stop);
    } catch (Failure const& failure) {
        if (stop.stop_requested()) {
            return;
        }
        if (is_retryable(failure.code())) {
            say(fmt::format("{}: {}; it is tried again", name, failure.what()));
            return;
        }
        publish_failure(session, words_of(failure));
    } catch (std::exception const& failure) {
        say(fmt::format("{}: {}; it is tried again", name, failure.what()));
    }
}

void Watcher::submit_and_fetch(std::filesystem::path const& session, std::stop_token const& stop) {
    auto const scanned = scan_session(session);
    auto const parts = parts_of(scanned);
    auto remote_settings = settings_.remote;
    remote_settings.notice = [this](std::string const& sentence) {
        say(sentence);
    };
    Remote remote{std::move(remote_settings), stop};
    SubmitState state{
        SubmitState::path_in(settings_.state_folder, remote.server(), session),
        signature_of(scanned, parts)};
    Steps silent{{}, 100.0};
    say(fmt::format("{}: complete, on its way", session.filename().string()));
    auto const ordered = submit_session(remote, scanned, parts, settings_.wish, state, silent);
    boost::json::object render;
    try {
        render = follow_render(remote, text_in(ordered, "id"), silent);
    } catch (Failure const& failure) {
        if (!stop.stop_requested() && !is_unreachable(failure)) {
            publish_failure(session, words_of(failure));
            state.forget();
            return;
        }
        throw;
    }
    ResultFolder const result{box_.result_of(session)};
    auto const fetched = fetch_render(remote, render, result.workshop(), silent);
    if (!fetched.withheld.empty()) {
        result.write(
            kFailed,
            "The token of the watched folder may not fetch masters before the approval; give it "
            "one of the house.\n"
        );
    }
    result.publish();
    state.forget();
    say(fmt::format("{}: done, {} files", session.filename().string(), fetched.files.size()));
}

void Watcher::publish_failure(std::filesystem::path const& session, std::string const& sentence) {
    try {
        ResultFolder const result{box_.result_of(session)};
        result.empty();
        result.write(kFailed, sentence);
        result.publish();
        say(fmt::format("{}: failed: {}", session.filename().string(), sentence));
    } catch (Failure const& failure) { // the disk; it is tried again
        say(fmt::format("{}: {}", session.filename().string(), failure.what()));
    }
}

void Watcher::say(std::string const& sentence) const {
    if (settings_.log) {
        settings_.log(sentence);
    }
}

} // namespace stemlathe::service
