#include "host/pipeline/drive_notes.hpp"

#include <fmt/format.h>

namespace stemlathe {

namespace {

void explain_budget(Drive const& drive, DeliveryProfile const& profile, DeliveryReport& report) {
    double const missing = drive.wish_lufs - drive.reading.integrated_lufs;
    if (missing <= profile.tolerance_lu) {
        return;
    }
    double const budget = *report.plan.gr_budget_db;
    auto const sentence = fmt::format(
        "{:.1f} LUFS would take about {:.1f} dB of limiting in the loudest twentieth of the "
        "song, the budget is {:.1f} dB; this is the loudest master inside it ({:.1f} LUFS). Raise "
        "gr_budget_db to {:.0f} or lower integrated_lufs",
        drive.wish_lufs,
        drive.wish_cost_db,
        budget,
        drive.reading.integrated_lufs,
        drive.wish_cost_db + 1.0
    );
    bool const may_back_off =
        profile.hard_min_lufs && drive.reading.integrated_lufs >= *profile.hard_min_lufs;
    if (may_back_off) {
        report.notes.push_back(sentence);
    } else {
        report.failures.push_back(
            {.code = "loudness_budget",
             .measured = drive.reading.integrated_lufs,
             .limit = drive.wish_lufs,
             .unit = "LUFS",
             .message = sentence}
        );
    }
}

void explain_peaks(Drive const& drive, DeliveryReport& report) {
    report.notes.push_back(fmt::format(
        "peaks are held by the level alone, without a limiter: {:.1f} LUFS is as loud as "
        "{:.1f} dBTP allows",
        drive.reading.integrated_lufs,
        report.true_peak_limit_dbtp.value_or(0.0)
    ));
}

} // namespace

void explain_drive(Drive const& drive, DeliveryProfile const& profile, DeliveryReport& report) {
    bool const has_target = report.target_lufs.has_value();
    if (drive.reading.integrated_lufs < -200.0) {
        report.notes.push_back(
            "no loudness can be measured (silence, or shorter than 0.4 s), so the level was left "
            "as it is"
        );
        return;
    }
    if (has_target && drive.wish_lufs != *report.target_lufs) {
        report.notes.push_back(fmt::format(
            "{:.1f} LUFS was asked for; {} must stay within its range, so {:.1f} LUFS was aimed at",
            *report.target_lufs,
            report.plan.name,
            drive.wish_lufs
        ));
    }
    switch (drive.bound) {
    case DriveBound::budget:
        if (profile.never_louder_only_quieter) { // contract section 4: reported, not failed
            explain_peaks(drive, report);
        } else {
            explain_budget(drive, profile, report);
        }
        break;
    case DriveBound::short_term:
        report.notes.push_back(fmt::format(
            "a song under a minute may reach {:.1f} LUFS over three seconds at most, so the whole "
            "is at {:.1f} LUFS",
            *profile.short_form_max_lufs,
            drive.reading.integrated_lufs
        ));
        break;
    case DriveBound::peaks:
        explain_peaks(drive, report);
        break;
    case DriveBound::hard_range:
        if (drive.over_budget) {
            report.notes.push_back(fmt::format(
                "the least loudness allowed here takes {:.1f} dB of limiting in the loudest "
                "twentieth of the song, more than the budget of {:.1f} dB",
                drive.reading.reduction_p95_db,
                *report.plan.gr_budget_db
            ));
        }
        break;
    case DriveBound::none:
    case DriveBound::target:
        break;
    }
}

} // namespace stemlathe
