#include "host/qc/packages.hpp"

#include "formats/atomic_file.hpp"
#include "formats/checksum.hpp"
#include "host/qc/md5_list.hpp"
#include "host/qc/sheet.hpp"
#include "host/qc/sheet_json.hpp"
#include "host/report/pdf/fonts.hpp"
#include "host/report/pdf/qc_pdf.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

struct Staged {
    ManifestEntry entry{};
    std::string md5{};
};

Staged stage_text(OutputFolder& out, std::string const& path, std::string const& text) {
    write_text(out.stage(path), text);
    auto const sums = checksums_of(std::as_bytes(std::span{text}));
    return {
        .entry =
            {.path = path, .bytes = static_cast<std::int64_t>(text.size()), .sha256 = sums.sha256},
        .md5 = sums.md5};
}

/// Stages the files of one package and keeps book of them.
class Package {
  public:
    Package(OutputFolder& out, std::string folder) : out_(out), folder_(std::move(folder)) {}

    void list(std::string const& path, std::string const& md5) {
        lines_.push_back({.path = path, .md5 = md5});
    }

    void write(std::string const& path, std::string const& text) {
        list(path, stage(path, text));
    }

    void write_list(std::string const& path) {
        (void)stage(path, md5_list(lines_));
    }

    [[nodiscard]] std::vector<ManifestEntry> const& entries() const noexcept {
        return entries_;
    }

  private:
    std::string stage(std::string const& path, std::string const& text) {
        auto staged = stage_text(out_, folder_ + "/" + path, text);
        entries_.push_back(std::move(staged.entry));
        return staged.md5;
    }

    OutputFolder& out_;
    std::string folder_;
    std::vector<Md5Line> lines_{};
    std::vector<ManifestEntry> entries_{};
};

std::vector<QcCompanion> companions_in(
    OutputFolder& out, std::string const& folder, std::vector<ManifestEntry> const& companions
) {
    std::vector<QcCompanion> found;
    for (auto const& companion : companions) {
        if (companion.path.starts_with(folder + "/")) {
            found.push_back(companion_of(out, companion.path, folder));
        }
    }
    return found;
}

/// One sheet per package, in the report's order; versions lie beside their masters.
std::vector<QcSheet> sheets_of(
    OutputFolder& out, MasteringReport const& report, std::vector<ManifestEntry> const& companions
) {
    std::vector<QcSheet> sheets;
    for (auto const& delivery : report.deliveries) {
        auto const sheet = std::ranges::find(sheets, delivery.plan.name, &QcSheet::package);
        if (sheet != sheets.end()) {
            add_delivery(*sheet, delivery);
            continue;
        }
        sheets.push_back(qc_sheet(report, delivery));
        sheets.back().companions = companions_in(out, package_folder(delivery.plan), companions);
    }
    return sheets;
}

/// PDFs of a delivery.
struct Pages {
    std::string all{};               ///< the sheets of all packages
    std::vector<std::string> each{}; ///< and of each alone
};

/// Nothing where there are no sheets or no fonts.
std::optional<Pages> draw_sheets(std::span<QcSheet const> sheets, Tasks& tasks) {
    auto const fonts = find_fonts();
    if (sheets.empty() || !fonts) {
        return std::nullopt;
    }
    Pages pages;
    tasks.for_each(2, [&](std::size_t part) { // fonts belong to one thread
        pdf::Fonts const set{*fonts};
        if (part == 0) {
            pages.all = qc_pdf(sheets, set);
            return;
        }
        for (auto const& sheet : sheets) {
            pages.each.push_back(qc_pdf({&sheet, 1}, set));
        }
    });
    return pages;
}

std::vector<ManifestEntry>
write_package(OutputFolder& out, QcSheet const& sheet, std::optional<std::string> const& pdf) {
    Package package{out, "masters/" + sheet.package};
    for (auto const& file : sheet.files) {
        package.list(file.file.path, file.file.md5);
    }
    for (auto const& companion : sheet.companions) {
        package.list(companion.path, companion.sums.md5);
    }
    package.write("qc.json", qc_json(sheet));
    if (pdf) {
        package.write("qc.pdf", *pdf);
    }
    package.write_list(sheet.package + ".md5");
    return package.entries();
}

} // namespace

void note_missing_fonts(MasteringReport& report) {
    if (find_fonts()) {
        return;
    }
    for (auto& delivery : report.deliveries) {
        delivery.notes.emplace_back(kNoFonts);
    }
}

std::vector<ManifestEntry> write_packages(
    OutputFolder& out,
    MasteringReport const& report,
    std::vector<ManifestEntry> const& companions,
    Tasks& tasks
) {
    return write_sheets(out, sheets_of(out, report, companions), tasks);
}

std::vector<ManifestEntry>
write_sheets(OutputFolder& out, std::span<QcSheet const> sheets, Tasks& tasks) {
    auto const pages = draw_sheets(sheets, tasks);
    std::vector<ManifestEntry> written;
    for (std::size_t i = 0; i < sheets.size(); ++i) {
        auto const entries =
            write_package(out, sheets[i], pages ? std::optional{pages->each[i]} : std::nullopt);
        written.insert(written.end(), entries.begin(), entries.end());
    }
    if (pages) {
        written.push_back(stage_text(out, "qc.pdf", pages->all).entry);
    }
    return written;
}

QcCompanion companion_of(OutputFolder& out, std::string const& path, std::string const& folder) {
    auto const file = out.stage(path);
    return {
        .path = path.substr(folder.size() + 1),
        .bytes = static_cast<std::int64_t>(std::filesystem::file_size(file)),
        .sums = checksums_of_file(file)};
}

} // namespace stemlathe
