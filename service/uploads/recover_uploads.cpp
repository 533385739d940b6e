#include "service/uploads/recover_uploads.hpp"

#include "service/store/crash_point.hpp"
#include "service/uploads/finish_upload.hpp"
#include "service/uploads/upload_lookup.hpp"
#include "service/uploads/upload_rows.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace stemlathe::service {

namespace {

std::vector<Upload> in_state(Uploads const& uploads, std::string const& state) {
    std::vector<Upload> found;
    uploads.with_database([&](Database& database) { found = uploads_in_state(database, state); });
    return found;
}

/// What the machine forgot when it went down is cut off, for nobody knows what stands there.
void cut_to_durable(Uploads const& uploads, Upload& upload) {
    auto const size = std::min(uploads.files().settle(upload.id), upload.durable);
    uploads.files().truncate(upload.id, size);
    upload.boot = uploads.boot();
    upload.durable = size;
    uploads.with_database([&](Database& database) {
        database.query(
            "UPDATE upload SET durable=$2, boot=$3 WHERE id=$1",
            {upload.id, upload.durable, upload.boot}
        );
    });
}

/// An upload that nobody writes to, and nobody can while this looks at it.
void complete_if_whole(Uploads& uploads, Upload const& upload) {
    if (upload.kind == "final") {
        fail_upload(uploads, upload);
    } else if (offset_of(uploads, upload) == upload.bytes) {
        finish_upload(uploads, upload);
    }
}

/// Where others may write too, an upload is only taken where there is something to do.
bool is_to_be_taken(Uploads const& uploads, Upload const& upload) {
    return !uploads.writers().is_shared() || upload.is_late || upload.kind == "final" ||
           upload.durable == upload.bytes;
}

/// Runs `work` on an upload that is held here, and by no other process.
template <typename Work>
void work_alone(Uploads& uploads, Upload& upload, Work const& work) {
    bool is_ours = false;
    uploads.with_database([&](Database& database) {
        is_ours = uploads.writers().claim(database, upload);
    });
    if (!is_ours) {
        return;
    }
    work(upload);
    uploads.with_database([&](Database& database) {
        uploads.writers().release(database, upload.id);
    });
}

/// Runs `work` on each; one that fails does not keep the others from it.
template <typename Work>
void for_each_upload(Uploads& uploads, std::string const& state, Work const& work) {
    for (auto& upload : in_state(uploads, state)) {
        auto const hold =
            is_to_be_taken(uploads, upload) ? uploads.open().take(upload.id, "") : nullptr;
        if (!hold) {
            continue;
        }
        try {
            work_alone(uploads, upload, work);
        } catch (std::exception const& error) {
            uploads.tools().report_error(upload.id, error);
        }
    }
}

void remove_orphans(Uploads& uploads) {
    std::set<std::string> needed;
    for (auto const* state : {"receiving", "complete"}) {
        for (auto const& upload : in_state(uploads, state)) {
            if (upload.state == "receiving" || upload.kind == "partial") {
                needed.insert(upload.id);
            }
        }
    }
    for (auto const& id : uploads.files().ids()) {
        // Another process may be about to tell the database of a file that it has just made.
        bool const is_left = !uploads.writers().is_shared() || uploads.files().is_old(id);
        if (!needed.contains(id) && is_left) {
            uploads.files().remove(id);
        }
    }
}

void expire(Uploads& uploads, Upload const& upload) {
    bool is_ended = false;
    uploads.with_database([&](Database& database) {
        Transaction transaction{database};
        is_ended = end_upload(database, upload, "expired");
        crash_point(CrashSite::upload_before_expire);
        transaction.commit();
        crash_point(CrashSite::upload_after_expire);
    });
    if (is_ended) {
        uploads.files().remove(upload.id);
    }
}

} // namespace

void recover_uploads(Uploads& uploads) {
    if (uploads.writers().is_shared()) { // what a death left, those who live take over
        remove_orphans(uploads);
        return;
    }
    for_each_upload(uploads, "receiving", [&](Upload& upload) {
        if (upload.boot != uploads.boot()) {
            cut_to_durable(uploads, upload);
        }
        complete_if_whole(uploads, upload);
    });
    remove_orphans(uploads);
}

bool has_unrecorded_uploads(Database& database) {
    return !database
                .query("SELECT id FROM upload WHERE state='receiving' AND kind='whole' "
                       "AND durable=bytes LIMIT 1")
                .empty();
}

void sweep_uploads(Uploads& uploads) {
    for_each_upload(uploads, "receiving", [&](Upload const& listed) {
        // Read again: until the upload was held, somebody may have written to it.
        std::optional<Upload> upload;
        uploads.with_database([&](Database& database) { upload = find_upload(database, listed.id); }
        );
        if (!upload || upload->state != "receiving") {
            return;
        }
        if (upload->is_late) {
            expire(uploads, *upload);
        } else {
            complete_if_whole(uploads, *upload);
        }
    });
    for_each_upload(uploads, "complete", [&](Upload const& upload) {
        if (upload.kind == "partial" && upload.is_late) {
            expire(uploads, upload);
        }
    });
    uploads.with_database([](Database& database) {
        database.query("DELETE FROM upload WHERE state<>'receiving' AND "
                       "NOT (kind='partial' AND state='complete') AND "
                       "expires+(expires-created)<=now_ms()");
    });
}

} // namespace stemlathe::service
