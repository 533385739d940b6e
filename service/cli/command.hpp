#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

using Words = std::vector<std::string>;

/// One word of the command line and what it does. `run` parses the words behind it, calls host and
/// prints; it computes nothing.
struct Command {
    std::string_view name{};
    std::string_view help{}; ///< written by hand
    int (*run)(Words const&) = nullptr;
};

extern Command const kAlbumCommand;
extern Command const kAnalyzeCommand;
extern Command const kAuditCommand;
extern Command const kBackupCommand;
extern Command const kCheckCommand;
extern Command const kCompareCommand;
extern Command const kDemoCommand;
extern Command const kDevicesCommand;
extern Command const kDoctorCommand;
extern Command const kExecutorCommand; ///< for `serve` alone: no help lists it
extern Command const kFetchCommand;
extern Command const kMasterCommand;
extern Command const kMeasureCommand;
extern Command const kMigrateCommand;
extern Command const kPlanCommand;
extern Command const kProfilesCommand;
extern Command const kRestoreCommand;
extern Command const kScrubCommand;
extern Command const kServeCommand;
extern Command const kStatusCommand;
extern Command const kSubmitCommand;
extern Command const kVerifyCommand;
extern Command const kVersionCommand;
extern Command const kWatchCommand;
extern Command const kWorkerCommand;

} // namespace stemlathe::service
