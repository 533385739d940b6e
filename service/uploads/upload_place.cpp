#include "service/uploads/upload_place.hpp"

#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"
#include "service/store/ids.hpp"
#include "service/uploads/neighbours.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string>

namespace stemlathe::service {

namespace {

Failure wrong_place(std::string const& sentence) {
    return Failure{Code::invalid_argument, sentence}.about_key("uploads.dir");
}

/// What the database calls the folder; empty where it knows of none.
std::string known_name(Database& database) {
    auto const rows = database.query("SELECT value FROM installation WHERE name='uploads'");
    return rows.empty() ? std::string{} : rows.front().text("value");
}

/// Empty where the folder has none.
std::string name_in(std::filesystem::path const& file) {
    std::ifstream stream{file};
    std::string name;
    stream >> name;
    return name;
}

/// The first who comes gives the name; its file is there before the commit.
void give_name(Database& database, std::filesystem::path const& file) {
    Transaction transaction{database};
    if (!known_name(database).empty()) {
        return; // another was quicker
    }
    auto name = name_in(file);
    if (name.empty()) {
        name = make_id("upf");
        write_text_atomically(file, name + "\n");
    }
    database.query("INSERT INTO installation(name, value) VALUES('uploads', $1)", {name});
    transaction.commit();
}

void refuse_others(Uploads& uploads, bool is_shared) {
    if (!is_another_alive(uploads)) {
        return;
    }
    throw wrong_place(
        is_shared
            ? "another stemlathe serve works on this database and keeps open uploads on its own "
              "disk, where nobody could go on with them: stop it, name the same [uploads] dir for "
              "both, and start them again"
            : "another stemlathe serve works on this database, and neither could go on with "
              "uploads "
              "that began at the other: name one folder that all of them see as [uploads] dir on "
              "every machine, or run one serve and any number of stemlathe worker"
    );
}

void check_name(std::string const& known, std::filesystem::path const& shared) {
    auto const file = shared / "installation";
    if (auto const found = name_in(file); found != known) {
        throw wrong_place(fmt::format(
            "{} is not where open uploads of this database lie: {} should hold {} and {}; mount "
            "the "
            "shared folder there, or name it as [uploads] dir",
            shared.string(),
            file.string(),
            known,
            found.empty() ? "is not there" : "holds " + found
        ));
    }
}

void claim(Uploads& uploads, std::filesystem::path const& shared) {
    std::string known;
    uploads.with_database([&](Database& database) { known = known_name(database); });
    if (known.empty()) {
        refuse_others(uploads, !shared.empty());
    } else if (shared.empty()) {
        throw wrong_place(
            "open uploads of this database lie in a folder that all who serve it share; name it as "
            "[uploads] dir"
        );
    }
    if (shared.empty()) {
        return;
    }
    uploads.with_database([&](Database& database) {
        if (known.empty()) {
            give_name(database, shared / "installation");
            known = known_name(database);
        }
    });
    check_name(known, shared);
}

} // namespace

void claim_upload_place(Uploads& uploads, std::filesystem::path const& shared) {
    if (!uploads.writers().is_shared()) {
        return;
    }
    give_sign_of_life(uploads); // first: of two who begin at the same moment, each sees the other
    try {
        claim(uploads, shared);
    } catch (...) {
        sign_out(uploads);
        throw;
    }
}

} // namespace stemlathe::service
