#include "tests/service/metrics/exposition_reader.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <regex>
#include <sstream>

namespace stemlathe::test {

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

std::optional<double> number_in(std::string const& text) {
    if (text == "+Inf" || text == "-Inf") {
        auto const infinity = std::numeric_limits<double>::infinity();
        return text == "+Inf" ? infinity : -infinity;
    }
    if (text == "NaN") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    double number = 0.0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end ? std::optional{number} : std::nullopt;
}

class Reader {
  public:
    ReadExposition read(std::string_view text) {
        if (text.empty() || text.back() != '\n') {
            fault("the last line has no end");
        }
        std::istringstream lines{std::string{text}};
        while (std::getline(lines, line_)) {
            ++number_;
            line_.starts_with('#') ? comment() : sample();
        }
        for (auto const& [name, family] : out_.families) {
            check_family(name, family);
        }
        return std::move(out_);
    }

  private:
    void fault(std::string const& what) {
        out_.faults.push_back("line " + std::to_string(number_) + ": " + what + ": " + line_);
    }

    void comment() {
        static std::regex const kHelp{R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*))"};
        static std::regex const kType{
            R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram))"};
        std::smatch parts;
        if (std::regex_match(line_, parts, kHelp)) {
            if (out_.families.contains(parts[1])) {
                fault("a family is there twice");
            }
            family_ = parts[1];
            out_.families[family_].help = parts[2];
        } else if (std::regex_match(line_, parts, kType)) {
            if (parts[1] != family_ || !out_.families[family_].samples.empty()) {
                fault("TYPE does not follow the family's HELP");
            }
            out_.families[family_].type = parts[2];
        } else {
            fault("neither HELP nor TYPE");
        }
    }

    void sample() {
        static std::regex const kSample{R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? ([^ ]+))"};
        std::smatch parts;
        if (!std::regex_match(line_, parts, kSample)) {
            fault("not a sample");
            return;
        }
        std::string const name = parts[1];
        auto const suffix = name.starts_with(family_) ? name.substr(family_.size()) : "?";
        auto& family = out_.families[family_];
        bool const is_part = family.type == "histogram"
                                 ? suffix == "_bucket" || suffix == "_sum" || suffix == "_count"
                                 : suffix.empty();
        if (!is_part) {
            fault("the sample belongs to another family");
        }
        check_labels(parts[3], suffix == "_bucket");
        auto const value = number_in(parts[4]);
        if (!value) {
            fault("the value is no number");
        }
        if (family.type != "gauge" && value.value_or(0.0) < 0.0) {
            fault("a count is negative");
        }
        auto const whole = std::string{parts[1]} + std::string{parts[2]};
        if (!family.samples.emplace(whole, value.value_or(0.0)).second) {
            fault("the sample is there twice");
        }
    }

    void check_labels(std::string const& text, bool is_bucket) {
        static std::regex const kLabel{
            R"re(([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,?))re"};
        auto at = text.cbegin();
        std::map<std::string, std::string> labels;
        std::smatch parts;
        while (at != text.cend()) {
            if (!std::regex_search(
                    at, text.cend(), parts, kLabel, std::regex_constants::match_continuous
                )) {
                fault("the labels are malformed");
                return;
            }
            at = parts[0].second;
            if (!labels.emplace(parts[1], parts[2]).second) {
                fault("a label is there twice");
            }
            if (parts[3].length() == 0 && at != text.cend()) {
                fault("no comma between labels");
                return;
            }
        }
        if (is_bucket != labels.contains("le")) {
            fault("buckets, and they alone, have the label le");
        }
    }

    void check_family(std::string const& name, ReadFamily const& family) {
        line_ = name;
        if (family.type.empty()) {
            fault("no TYPE");
        }
        if (family.type == "counter" && !name.ends_with("_total")) {
            fault("a counter's name ends in _total");
        }
        if (family.type == "histogram") {
            check_histogram(name, family);
        }
    }

    /// Of each set of labels the buckets, by their bounds.
    void check_histogram(std::string const& name, ReadFamily const& family) {
        static std::regex const kLe{R"re(,?le="([^"]+)")re"};
        std::map<std::string, std::map<double, double>> buckets;
        for (auto const& [sample, value] : family.samples) {
            std::smatch parts;
            if (std::regex_search(sample, parts, kLe)) {
                auto labels = std::regex_replace(sample, kLe, "").substr(name.size() + 7);
                labels = labels == "{}" ? "" : labels;
                buckets[labels][number_in(parts[1]).value_or(std::nan(""))] = value;
            }
        }
        for (auto const& [labels, counts] : buckets) {
            double last = 0.0;
            for (auto const& [bound, count] : counts) {
                if (count < last) {
                    fault("buckets shrink");
                }
                last = count;
            }
            auto const total = family.samples.find(name + "_count" + labels);
            if (!std::isinf(counts.rbegin()->first) || total == family.samples.end() ||
                total->second != last || !family.samples.contains(name + "_sum" + labels)) {
                fault("the bucket +Inf, _count and _sum do not fit: " + labels);
            }
        }
    }

    ReadExposition out_{};
    std::string line_{};
    std::string family_{};
    int number_ = 0;
};

} // namespace

double ReadExposition::value(std::string const& sample) const {
    for (auto const& [name, family] : families) {
        if (auto const found = family.samples.find(sample); found != family.samples.end()) {
            return found->second;
        }
    }
    ADD_FAILURE() << "there is no sample " << sample;
    return std::numeric_limits<double>::quiet_NaN();
}

ReadExposition read_exposition(std::string_view text) {
    return Reader{}.read(text);
}

} // namespace stemlathe::test
