#include "tests/host/page_checks.hpp"

#include <cctype>
#include <string_view>

namespace stemlathe::test {

std::size_t count_of(std::string const& text, std::string const& word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        ++count;
    }
    return count;
}

testing::AssertionResult is_well_nested(std::string const& page) {
    std::vector<std::string> open;
    for (auto at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        std::string_view tag{page};
        tag = tag.substr(at + 1, page.find('>', at) - at - 1);
        bool const closes = tag.starts_with('/');
        tag.remove_prefix(closes ? 1 : 0);
        if (tag.empty() || std::isalpha(static_cast<unsigned char>(tag.front())) == 0) {
            continue;
        }
        std::string const name{tag.substr(0, tag.find_first_of(" \n/"))};
        if (tag.ends_with('/') || name == "meta" || name == "br") {
            continue;
        }
        if (!closes) {
            open.push_back(name);
        } else if (open.empty() || open.back() != name) {
            return testing::AssertionFailure() << "</" << name << "> closes nothing";
        } else {
            open.pop_back();
        }
    }
    return open.empty() ? testing::AssertionSuccess()
                        : testing::AssertionFailure() << "<" << open.back() << "> stays open";
}

std::vector<std::string> attributes(std::string const& page, std::string const& name) {
    std::vector<std::string> values;
    auto const start = " " + name + R"(=")";
    for (auto at = page.find(start); at != std::string::npos; at = page.find(start, at)) {
        at += start.size();
        values.push_back(page.substr(at, page.find('"', at) - at));
    }
    return values;
}

} // namespace stemlathe::test
