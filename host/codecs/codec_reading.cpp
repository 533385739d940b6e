#include "host/codecs/codec_reading.hpp"

#include "host/model/profile.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe {

CodecPeak const* worst_of(CodecReading const& reading) {
    auto const worst = std::ranges::max_element(reading.peaks, {}, &CodecPeak::true_peak_dbtp);
    return worst == reading.peaks.end() || !worst->true_peak_dbtp ? nullptr : &*worst;
}

bool passes(CodecReading const& reading) {
    auto const* const worst = worst_of(reading);
    return worst == nullptr || *worst->true_peak_dbtp <= kDecodedPeak_dbtp;
}

std::string sent_words(CodecReading const& reading) {
    if (reading.moments == 0) {
        return "the whole file";
    }
    return fmt::format("{:.1f} s around its {} highest peaks", reading.sent_s, reading.moments);
}

std::string codec_words(CodecReading const& reading) {
    std::string words;
    for (auto const& peak : reading.peaks) {
        words += (words.empty() ? "" : ", ") + peak.codec;
    }
    return words;
}

} // namespace stemlathe
