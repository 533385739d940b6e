#include "host/intake/null_test.hpp"

#include "host/intake/null_diagnosis.hpp"
#include "host/intake/null_findings.hpp"
#include "host/utf8.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace stemlathe {

namespace {

constexpr double kSilent_dbfs = -80.0; ///< rms
constexpr double kLeast_s = 1.0;       ///< that must be common to say anything

Stem reference_stem(std::filesystem::path const& path) {
    Stem stem{.path = path, .file = valid_utf8(path.filename().string())};
    stem.media = Reader{path}.info();
    return stem;
}

Finding unusable(Failure const& failure, std::string const& file) {
    return {
        .code = failure.code() == Code::not_a_number ? "not_a_number" : "unreadable",
        .severity = Severity::warn,
        .stem = file,
        .message = fmt::format(
            "{}; the stems were not compared with it. Export the reference mix again",
            failure.what()
        )};
}

} // namespace

NullTest::NullTest(Session const& session, Window const& window, Backend& backend)
    : session_(session), window_(window), backend_(backend) {
    if (!session.reference_mix) {
        return;
    }
    try {
        reference_.stem = reference_stem(*session.reference_mix);
        if (reference_.stem.media.channels > kChannels) {
            throw Failure{
                Code::unreadable,
                fmt::format(
                    "{} has {} channels and should have 1 or 2",
                    reference_.stem.file,
                    reference_.stem.media.channels
                )};
        }
        source_ = std::make_unique<StemSource>(reference_.stem, session, window, backend);
        meter_ = std::make_unique<ProductMeter>(
            session.stems.size() + 1, window.frames, session.rate_hz
        );
        intake_ =
            std::make_unique<StemIntake>(reference_.stem, make_reference_checks(reference_.stem));
    } catch (Failure const& failure) {
        give_up(unusable(failure, valid_utf8(session.reference_mix->filename().string())));
    }
}

void NullTest::give_up(Finding finding) {
    findings_.push_back(std::move(finding));
    source_.reset();
    meter_.reset();
    intake_.reset();
}

void NullTest::advance(std::int64_t target) {
    try {
        view_ = source_->advance(target);
    } catch (Failure const& failure) {
        if (failure.code() != Code::not_a_number && failure.code() != Code::unreadable) {
            throw;
        }
        give_up(unusable(failure, reference_.stem.file));
    }
}

void NullTest::check() {
    if (is_on()) {
        intake_->process(source_->last_read(), source_->last_read_frame());
    }
}

void NullTest::take(std::span<AudioView const> stems, Tasks& crew) {
    if (!is_on()) {
        return;
    }
    std::vector<AudioView> views(stems.begin(), stems.end());
    views.push_back(view_);
    meter_->process(in_host_.of(views, backend_), crew);
}

NullOutcome NullTest::finish(Run& run) {
    NullOutcome outcome;
    if (is_on()) {
        outcome = compare(run);
        add_own_findings(outcome);
    }
    outcome.findings.insert(outcome.findings.begin(), findings_.begin(), findings_.end());
    return outcome;
}

/// What the reference's checks say, unless the comparison has said it better, or proved that there
/// is nothing between the stems and it.
void NullTest::add_own_findings(NullOutcome& outcome) {
    if (outcome.reading && outcome.reading->residual_db <= kNullPass_db) {
        return;
    }
    auto& findings = outcome.findings;
    std::vector<Finding> own;
    intake_->finish(own);
    for (auto& finding : own) {
        if (std::ranges::find(findings, finding.code, &Finding::code) == findings.end()) {
            findings.push_back(std::move(finding));
        }
    }
}

NullOutcome NullTest::compare(Run& run) {
    auto const stems = session_.stems.size();
    NullProducts products{.products = meter_->finish()};
    products.sent.resize(stems);
    std::iota(products.sent.begin(), products.sent.end(), std::size_t{0});
    products.placed = products.sent;
    products.reference = stems;
    NullContext const context{session_, window_, reference_, backend_, run};
    products.common = common_blocks(products.products, 0, context);
    products.range = products.common;
    auto const sums = products.products.sum(products.range.first, products.range.end);
    auto const frames = static_cast<double>(
        static_cast<std::int64_t>(products.range.end - products.range.first) *
        products.products.block_frames
    );
    if (frames < kLeast_s * session_.rate_hz) {
        return {};
    }
    double whole = 0.0;
    for (std::size_t i = 0; i < stems; ++i) {
        whole += sums.at(i, i);
    }
    auto const level_dbfs = [&](double energy) {
        return db_from_power(energy / (kChannels * frames));
    };
    double const reference_dbfs = level_dbfs(sums.at(stems, stems));
    if (reference_dbfs < kSilent_dbfs) {
        Finding finding{
            .code = "silent",
            .severity = Severity::warn,
            .stem = reference_.stem.file,
            .measured = reference_dbfs,
            .limit = kSilent_dbfs,
            .unit = "dBFS"};
        finding.message = fmt::format(
            "{} is silent, so the stems were not compared with it; export the reference mix again",
            reference_.stem.file
        );
        return {.findings = {std::move(finding)}};
    }
    if (level_dbfs(whole) < kSilent_dbfs) {
        return {}; // that the stems are silent is found elsewhere
    }
    auto const diagnosis = diagnose_null(std::move(products), context);
    NullOutcome outcome{.time_reference_is_wrong = diagnosis.time_reference_is_wrong};
    outcome.findings = null_findings(diagnosis, context);
    if (diagnosis.matches) {
        outcome.reading = null_reading(diagnosis);
    }
    return outcome;
}

} // namespace stemlathe
