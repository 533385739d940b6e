#include "host/comments/parse_comments.hpp"

#include "host/comments/anchor.hpp"
#include "host/comments/clock.hpp"
#include "host/comments/moments.hpp"
#include "host/comments/stem_words.hpp"
#include "host/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// `text` cut to at most `bytes`, between two characters.
std::string_view cut(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) {
        return text;
    }
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) {
        --bytes;
    }
    return text.substr(0, bytes);
}

std::string without_controls(std::string text) {
    std::ranges::replace_if(
        text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; }, ' '
    );
    return text;
}

/// A line of dashes or dots is no remark.
bool says_something(std::string_view line) {
    return std::ranges::any_of(line, [](char c) {
        return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80U;
    });
}

class Parser {
  public:
    explicit Parser(Session const& session) : session_(session) {}

    void take_all(std::string_view text) {
        if (text.size() > kComments_file_bytes_max) {
            auto const end = text.find_last_of("\r\n", kComments_file_bytes_max);
            text = end == std::string_view::npos ? cut(text, kComments_file_bytes_max)
                                                 : text.substr(0, end);
            find(
                Severity::warn,
                "is larger than 64 KiB; what comes after that was left out. Keep one line for each "
                "remark"
            );
        }
        while (!text.empty()) {
            auto const end = std::min(text.find_first_of("\r\n"), text.size());
            ++line_;
            take_line(text.substr(0, end));
            bool const is_pair = text.substr(end).starts_with("\r\n");
            text.remove_prefix(std::min(text.size(), end + (is_pair ? 2 : 1)));
        }
        say_what_was_left_out();
    }

    [[nodiscard]] ParsedComments result() && {
        return std::move(out_);
    }

  private:
    void find(Severity severity, std::string const& message) {
        if (out_.findings.size() == kCommentFindingsMax) {
            ++findings_left_out_;
            return;
        }
        auto const where = line_ > 0 ? fmt::format("comments.txt, line {}: ", line_)
                                     : std::string{"comments.txt "};
        out_.findings.push_back(
            {.code = "comment", .severity = severity, .message = where + message}
        );
    }

    void take_line(std::string_view raw) {
        auto const short_enough = cut(raw, kComment_line_bytes_max);
        auto const line = without_controls(valid_utf8(short_enough));
        auto const first = line.find_first_not_of(" \t");
        if (!says_something(line) || line[first] == '#') {
            return;
        }
        if (out_.comments.size() >= kCommentsMax) {
            ++comments_left_out_;
            return;
        }
        if (short_enough.size() < raw.size()) {
            find(
                Severity::warn,
                fmt::format(
                    "is {} bytes long; what comes after 4096 was left out. Make it several lines",
                    raw.size()
                )
            );
        }
        auto const moments = moments_in(line);
        if (!moments.wrong.empty()) {
            find(Severity::info, complaint(moments));
        } else if (moments.text.empty()) {
            find(
                Severity::info, "names a time and says nothing about it; write what you hear there"
            );
            return;
        }
        auto const stem = stem_named_in(moments.text, session_.stems);
        if (moments.moments.empty()) {
            add({.text = moments.text, .stem = stem, .anchored = false});
        }
        for (auto const& moment : moments.moments) {
            Comment comment{
                .start_s = moment.start_s,
                .end_s = moment.end_s,
                .text = moments.text,
                .stem = stem};
            for (auto const& doubt : anchor(comment, line.substr(first), session_.duration_s())) {
                find(doubt.severity, doubt.message);
            }
            add(std::move(comment));
        }
    }

    void add(Comment comment) {
        if (out_.comments.size() < kCommentsMax) {
            out_.comments.push_back(std::move(comment));
        } else {
            ++comments_left_out_;
        }
    }

    static std::string complaint(MomentsInLine const& moments) {
        return moments.has_frames
                   ? fmt::format(
                         "{} counts frames, of which a mix has none; the remark was kept for the "
                         "whole song. Write the time as 1:02.5",
                         moments.wrong
                     )
                   : fmt::format(
                         "{} is no time, for seconds and minutes go to 59; the remark was kept for "
                         "the whole song. Write the time as 1:02",
                         moments.wrong
                     );
    }

    void say_what_was_left_out() {
        line_ = 0;
        if (comments_left_out_ > 0) {
            // Said even where there is no room for more: remarks were lost.
            out_.findings.resize(std::min(out_.findings.size(), kCommentFindingsMax - 1));
            find(
                Severity::warn,
                fmt::format(
                    "holds more than {} remarks; {} were left out. Send the most important ones",
                    kCommentsMax,
                    comments_left_out_
                )
            );
        }
        if (findings_left_out_ > 0) {
            out_.findings.push_back(
                {.code = "comment",
                 .severity = Severity::info,
                 .message = fmt::format(
                     "comments.txt has {} more lines that were read with doubts", findings_left_out_
                 )}
            );
        }
    }

    Session const& session_;
    ParsedComments out_;
    std::size_t line_ = 0; ///< 0: about the file
    std::size_t comments_left_out_ = 0;
    std::size_t findings_left_out_ = 0;
};

} // namespace

ParsedComments parse_comments(std::string_view text, Session const& session) {
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
    }
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return {
            .findings = {
                {.code = "comment",
                 .severity = Severity::warn,
                 .message = "comments.txt is UTF-16 and was not read; save it again as UTF-8"}}};
    }
    Parser parser{session};
    parser.take_all(text);
    return std::move(parser).result();
}

} // namespace stemlathe
