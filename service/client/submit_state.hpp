#pragma once

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// What is remembered of a submission until it is over, so that the same command goes on where an
/// earlier one was cut off: ids, and where uploads lie. One small file, written before the next
/// step, gone at the end.
class SubmitState {
  public:
    /// Reads the file; begins anew where there is none, it is damaged, or it tells of files that
    /// were others (`signature`).
    SubmitState(std::filesystem::path file, std::string signature);

    /// The one for this server and session folder, in `folder`.
    [[nodiscard]] static std::filesystem::path path_in(
        std::filesystem::path const& folder,
        std::string_view server,
        std::filesystem::path const& session
    );

    /// $XDG_STATE_HOME/stemlathe, else ~/.local/state/stemlathe.
    [[nodiscard]] static std::filesystem::path usual_folder();

    /// An Idempotency-Key for one step of this submission.
    [[nodiscard]] std::string key(std::string_view step) const;

    /// "" where nothing is remembered under this name.
    [[nodiscard]] std::string text(std::string_view name) const;
    /// @throws Failure{storage_full, storage_failed}
    void remember(std::string_view name, std::string_view value);

    /// What was begun is of no use any more: new keys, nothing remembered.
    void begin_anew();

    /// The submission is over.
    void forget() noexcept;

  private:
    void save() const;

    std::filesystem::path file_;
    boost::json::object values_;
};

} // namespace stemlathe::service
