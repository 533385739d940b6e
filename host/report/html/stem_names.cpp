#include "host/report/html/stem_names.hpp"

#include "host/report/html/text.hpp"

#include <algorithm>

namespace stemlathe::html {

namespace {

std::string without_ending(std::string const& file) {
    auto const dot = file.rfind('.');
    return dot == std::string::npos || dot == 0 ? file : file.substr(0, dot);
}

/// "03_Lead_Vocals.wav" to "Lead Vocals".
std::string plain_name(std::string const& file) {
    auto name = without_ending(file);
    auto const first = name.find_first_not_of("0123456789_-. ");
    name = first == std::string::npos ? name : name.substr(first);
    std::ranges::replace(name, '_', ' ');
    return name;
}

} // namespace

StemNames::StemNames(MasteringReport const& report) {
    std::map<std::string, int> uses;
    for (auto const& stem : report.stems) {
        ++uses[plain_name(stem.file)];
    }
    for (auto const& stem : report.stems) {
        auto const name = plain_name(stem.file);
        names_[stem.file] = escaped(uses[name] == 1 ? name : without_ending(stem.file));
    }
}

std::string StemNames::of(std::string const& file) const {
    auto const found = names_.find(file);
    return found != names_.end() ? found->second : escaped(file);
}

} // namespace stemlathe::html
