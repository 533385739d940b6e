#include "service/uploads/upload_keeper.hpp"

#include "service/uploads/neighbours.hpp"
#include "service/uploads/upload_rows.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

namespace stemlathe::service {

namespace {

using Clock = std::chrono::steady_clock;

void pass_on_wishes(Uploads& uploads) {
    auto const wishes = uploads.writers().take_wishes();
    bool is_news = false;
    for (auto const& id : wishes) {
        uploads.with_database([&](Database& database) {
            auto const rows = database.query(
                "UPDATE upload SET wanted=1 WHERE id=$1 AND wanted=0 AND writer IS NOT NULL "
                "RETURNING id",
                {id}
            );
            is_news = is_news || !rows.empty();
        });
    }
    if (is_news) {
        uploads.tools().changed();
    }
}

/// Interrupts what others want, and sets free what nobody here writes to any more.
void look_after_own(Uploads& uploads) {
    auto const& writers = uploads.writers();
    bool is_free = false;
    uploads.with_database([&](Database& database) {
        for (auto const& row : database.query(
                 "SELECT id, wanted FROM upload WHERE writer=$1 AND state='receiving'",
                 {writers.process()}
             )) {
            auto const& id = row.text("id");
            if (!uploads.open().is_open(id)) {
                writers.release(database, id);
                is_free = true;
            } else if (row.integer("wanted") != 0) {
                uploads.open().interrupt(id);
            }
        }
    });
    if (is_free) {
        uploads.tools().changed();
    }
}

/// Uploads whose writer is gone, with what they said when they were looked at.
std::vector<Upload> orphans(Uploads& uploads) {
    std::vector<Upload> found;
    uploads.with_database([&](Database& database) {
        auto const& writers = uploads.writers();
        for (auto const& row : database.query(
                 "SELECT u.id AS id, u.writer AS writer, p.host AS host, CASE WHEN p.seen>="
                 "now_ms()-$2 THEN 0 ELSE 1 END AS silent FROM upload u LEFT JOIN process p ON "
                 "p.id=u.writer WHERE u.writer<>$1 AND u.state='receiving'",
                 {writers.process(), writers.periods().gone.count()}
             )) {
            bool const is_dead = is_dead_neighbour(uploads, row.maybe_text("host").value_or(""));
            if (!is_dead && (row.integer("silent") == 0 || !writers.is_settled())) {
                continue;
            }
            if (auto upload = find_upload(database, row.text("id"))) {
                found.push_back(*std::move(upload));
            }
        }
    });
    return found;
}

/// @returns false: it is not what it was any more
bool take(Uploads& uploads, Upload& upload) {
    bool is_taken = false;
    uploads.with_database([&](Database& database) {
        auto const& process = uploads.writers().process();
        auto const rows = database.query(
            "UPDATE upload SET writer=$3 WHERE id=$1 AND writer=$2 AND state='receiving' "
            "RETURNING durable",
            {upload.id, upload.writer, process}
        );
        is_taken = !rows.empty();
        if (is_taken) {
            upload.writer = process;
            upload.durable = rows.front().integer("durable");
        }
    });
    return is_taken;
}

/// Whoever wrote to it may only sleep, and go on when he wakes up: into a file that has no name
/// any more.
void take_over(Uploads& uploads, Upload& upload) {
    auto const hold = uploads.open().take(upload.id, "");
    if (!hold || !take(uploads, upload)) {
        return;
    }
    auto const bytes = std::min(upload.durable, uploads.files().size_of(upload.id));
    uploads.files().renew(upload.id, bytes);
    uploads.with_database([&](Database& database) {
        database.query(
            "UPDATE upload SET durable=$2, boot=$3, writer=NULL, wanted=0 WHERE id=$1 AND "
            "writer=$4",
            {upload.id, bytes, uploads.boot(), upload.writer}
        );
    });
}

/// Whatever others commit rings; only what is written to here can be wanted.
void hear_wishes(Uploads& uploads) {
    pass_on_wishes(uploads);
    if (uploads.open().is_any()) {
        look_after_own(uploads);
    }
}

} // namespace

void tend_uploads(Uploads& uploads) {
    give_sign_of_life(uploads);
    pass_on_wishes(uploads);
    look_after_own(uploads);
    auto gone = orphans(uploads);
    for (auto& upload : gone) {
        take_over(uploads, upload);
    }
    if (!gone.empty()) {
        uploads.tools().changed();
    }
}

UploadKeeper::UploadKeeper(Uploads& uploads) : uploads_{uploads} {
    give_sign_of_life(uploads_);
    thread_ = std::jthread{[this](std::stop_token const& stop) {
        run(stop);
    }};
}

UploadKeeper::~UploadKeeper() {
    stop();
}

void UploadKeeper::run(std::stop_token const& stop) {
    constexpr std::chrono::milliseconds kBetweenRounds{1'000};
    auto next_round = Clock::now();
    while (!stop.stop_requested()) {
        try {
            if (auto const now = Clock::now(); now >= next_round) {
                next_round = now + kBetweenRounds;
                tend_uploads(uploads_);
            } else {
                hear_wishes(uploads_);
            }
        } catch (std::exception const& error) {
            uploads_.tools().report_error("uploads", error);
        }
        uploads_.writers().wait(
            stop, std::chrono::ceil<std::chrono::milliseconds>(next_round - Clock::now())
        );
    }
}

void UploadKeeper::stop() noexcept {
    if (!thread_.joinable()) {
        return;
    }
    thread_.request_stop();
    thread_.join();
    try {
        uploads_.with_database([&](Database& database) {
            database.query(
                "UPDATE upload SET writer=NULL, wanted=0 WHERE writer=$1 AND state='receiving'",
                {uploads_.writers().process()}
            );
        });
        sign_out(uploads_);
    } catch (std::exception const& error) { // it will be taken for gone
        uploads_.tools().report_error("uploads", error);
    }
}

} // namespace stemlathe::service
