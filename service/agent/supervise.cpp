#include "service/agent/supervise.hpp"

#include "kernels/base/failure.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace stemlathe::service {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kStep{50};

constexpr std::string_view kKilled = "signal 9"; ///< as ExecutorProcess::end says it

Ending broken(std::string sentence) {
    return {
        .code = std::string{name_of(Code::device_lost)},
        .sentence = std::move(sentence),
        .is_executor_spent = true};
}

/// Where the session lies on this machine is nothing to those who read of a failure.
std::string without_folder(std::string sentence, std::filesystem::path const& folder) {
    for (auto const& words : {folder.string() + "/", folder.string()}) {
        for (auto at = sentence.find(words); at != std::string::npos; at = sentence.find(words)) {
            sentence.replace(at, words.size(), words.back() == '/' ? "" : "the session");
        }
    }
    return sentence;
}

/// The findings that refused a session belong to the sentence: it is all that a failed job keeps.
std::string sentence_of(boost::json::object const& failed) {
    std::string sentence{failed.at("message").as_string()};
    auto const& findings = failed.at("findings");
    if (findings.is_null()) {
        return sentence;
    }
    for (auto const& finding : findings.as_array()) {
        std::string const message{finding.at("message").as_string()};
        bool const is_new = sentence.find(message) == std::string::npos;
        if (finding.at("severity").as_string() == "refuse" && is_new) {
            sentence += "; " + message;
        }
    }
    return sentence;
}

/// One order under way.
class Watch {
  public:
    Watch(Workplace& workplace, ExecutorProcess& executor, Order const& order, LeaseKeeper& keeper)
        : settings_{workplace.settings},
          workplace_{workplace},
          executor_{executor},
          order_{order},
          keeper_{keeper} {}

    Ending run() {
        if (!executor_.channel().send(to_json(order_))) {
            return crashed();
        }
        heard_ = moved_ = Clock::now();
        while (true) {
            try {
                auto const message = executor_.channel().receive(kStep);
                if (auto ending = message ? take(*message) : nobody_spoke()) {
                    return std::move(*ending);
                }
            } catch (std::exception const& failure) {
                executor_.end();
                return broken(fmt::format("the executor talks nonsense: {}", failure.what()));
            }
            if (auto ending = interrupted()) {
                return std::move(*ending);
            }
        }
    }

  private:
    std::optional<Ending> take(boost::json::object const& message) {
        heard_ = Clock::now();
        if (message.contains("alive")) {
            return std::nullopt;
        }
        if (message.at("job").as_string() != std::string_view{order_.job}) {
            throw Failure{Code::internal, "it answers about a job that it was not given"};
        }
        if (auto const* const progress = message.if_contains("progress")) {
            moved_ = heard_;
            keeper_.tell(
                progress->at("percent").to_number<double>(),
                std::string{progress->at("stage").as_string()}
            );
            return std::nullopt;
        }
        Ending ending;
        if (auto const* const done = message.if_contains("done")) {
            ending = {.kind = Ending::Kind::done, .result = done->as_object()};
        } else {
            ending = failed(message.at("failed").as_object());
        }
        ending.memory = card_memory_in(message);
        return ending;
    }

    [[nodiscard]] Ending failed(boost::json::object const& failed) const {
        std::string code{failed.at("code").as_string()};
        if (keeper_.is_cancel_asked()) {
            return {.kind = Ending::Kind::cancelled};
        }
        bool const is_fault = code == name_of(Code::device_lost); // it ends itself
        return {
            .code = std::move(code),
            .sentence = without_folder(sentence_of(failed), order_.folder),
            .is_executor_spent = is_fault};
    }

    std::optional<Ending> nobody_spoke() {
        if (executor_.channel().is_over()) {
            return crashed();
        }
        auto const now = Clock::now();
        if (now - heard_ > settings_.silence) {
            executor_.end();
            return broken("the executor was not heard of any more and was killed");
        }
        if (now - moved_ > settings_.stall) {
            executor_.end();
            return broken("the job got no further, and its executor was killed");
        }
        return std::nullopt;
    }

    /// What ends the work from outside, most urgent first.
    std::optional<Ending> interrupted() {
        if (keeper_.is_lost()) {
            return killed(Ending::Kind::lost);
        }
        if (keeper_.is_cancel_asked()) {
            return cancel();
        }
        if (workplace_.is_over) {
            return killed(Ending::Kind::released);
        }
        return std::nullopt;
    }

    /// It is asked to stop, and made to if it does not.
    std::optional<Ending> cancel() {
        if (!cancel_sent_) {
            cancel_sent_ = Clock::now();
            if (executor_.channel().send({{"cancel", order_.job}})) {
                return std::nullopt;
            }
        }
        if (Clock::now() - *cancel_sent_ > settings_.cancel_grace) {
            return killed(Ending::Kind::cancelled);
        }
        return std::nullopt;
    }

    Ending killed(Ending::Kind kind) {
        executor_.end();
        return {.kind = kind, .is_executor_spent = true};
    }

    Ending crashed() {
        auto const how = executor_.end();
        if (keeper_.is_cancel_asked()) {
            return {.kind = Ending::Kind::cancelled, .is_executor_spent = true};
        }
        auto ending = broken(fmt::format("the executor ended in mid-job ({})", how));
        if (how == kKilled) {
            ending.code = "executor_killed"; // by a person or for want of memory: not by the job
        }
        return ending;
    }

    AgentSettings const& settings_;
    Workplace& workplace_;
    ExecutorProcess& executor_;
    Order const& order_;
    LeaseKeeper& keeper_;
    Clock::time_point heard_{};
    Clock::time_point moved_{};
    std::optional<Clock::time_point> cancel_sent_ = std::nullopt;
};

} // namespace

Ending supervise(
    Workplace& workplace, ExecutorProcess& executor, Order const& order, LeaseKeeper& keeper
) {
    return Watch{workplace, executor, order, keeper}.run();
}

} // namespace stemlathe::service
