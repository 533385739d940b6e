#include "formats/wave_metadata.hpp"

#include "formats/text.hpp"

#include <fmt/format.h>

#include <string>

namespace stemlathe::formats {

namespace {

/// A line of XML; nothing where there is nothing to say. Names of elements are ours, texts are not.
std::string element(std::string_view name, std::string_view text) {
    return text.empty() ? std::string{} : fmt::format("<{0}>{1}</{0}>\n", name, as_xml(text));
}

/// The same for elements around others, whose text is XML already.
std::string nested(std::string_view name, std::string const& content) {
    return content.empty() ? std::string{} : fmt::format("<{0}>\n{1}</{0}>\n", name, content);
}

/// The spelling of EBU Tech 3352, which readers look for to the letter.
std::string isrc_identifier(std::string const& isrc) {
    if (isrc.empty()) {
        return {};
    }
    return fmt::format(
        R"(<identifier typeLabel="GUID" typeDefinition="Globally Unique Identifier" formatLabel="ISRC" formatDefinition="International Standard Recording Code" formatLink="http://www.ebu.ch/metadata/cs/ebu_IdentifierTypeCodeCS.xml#3.7">
<dc:identifier>ISRC:{}</dc:identifier>
</identifier>
)",
        as_xml(isrc)
    );
}

std::string upc_identifier(std::string const& upc) {
    if (upc.empty()) {
        return {};
    }
    return fmt::format(
        R"(<identifier typeLabel="EAN" typeDefinition="International Article Number" formatLabel="EAN-13">
<dc:identifier>EAN:{}</dc:identifier>
</identifier>
)",
        as_xml(upc)
    );
}

std::string track(int index, std::string_view name, std::string_view function) {
    return nested(
        "TRACK",
        fmt::format(
            "<CHANNEL_INDEX>{0}</CHANNEL_INDEX>\n"
            "<INTERLEAVE_INDEX>{0}</INTERLEAVE_INDEX>\n",
            index
        ) + element("NAME", name) +
            element("FUNCTION", function)
    );
}

std::string track_list(int channels) {
    auto const tracks =
        channels == 2 ? track(1, "L", "LEFT") + track(2, "R", "RIGHT") : track(1, "M", "MAIN");
    return nested("TRACK_LIST", fmt::format("<TRACK_COUNT>{}</TRACK_COUNT>\n", channels) + tracks);
}

std::string speed(EncodeSettings const& settings) {
    auto const since_midnight = static_cast<std::uint64_t>(
        settings.broadcast ? settings.broadcast->time_reference_frames : 0
    );
    return nested(
        "SPEED",
        fmt::format(
            "<FILE_SAMPLE_RATE>{0}</FILE_SAMPLE_RATE>\n"
            "<AUDIO_BIT_DEPTH>{1}</AUDIO_BIT_DEPTH>\n"
            "<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>{2}</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>\n"
            "<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>{3}</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>\n"
            "<TIMESTAMP_SAMPLE_RATE>{0}</TIMESTAMP_SAMPLE_RATE>\n",
            settings.rate_hz,
            8 * bytes_per_sample(settings.input),
            since_midnight >> 32U,
            since_midnight & 0xFFFF'FFFFU
        )
    );
}

/// An odd chunk ends in a byte that it does not count, which shntool and others do not expect: they
/// take what follows for nonsense. So a line more or less makes it even.
Bytes even_bytes_of(std::string text) {
    text += text.size() % 2 != 0 ? "\n" : "";
    Bytes bytes;
    put_text(bytes, text);
    return bytes;
}

} // namespace

void put_chunk(Bytes& bytes, std::string_view id, std::span<std::byte const> body) {
    if (body.empty()) {
        return;
    }
    put_text(bytes, id);
    put_little_endian(bytes, static_cast<std::uint32_t>(body.size()));
    put_bytes(bytes, body);
    bytes.resize(bytes.size() + body.size() % 2); // chunks begin at even places
}

Bytes info_list(Tags const& tags) {
    Bytes list;
    auto const add = [&](std::string_view id, std::string const& text) {
        if (!text.empty()) {
            Bytes body;
            put_text(body, as_ascii(text));
            body.push_back(std::byte{0});
            put_chunk(list, id, body);
        }
    };
    add("INAM", tags.title);
    add("IART", tags.artist);
    add("IPRD", tags.album);
    add("ICRD", tags.date);
    add("IGNR", tags.genre);
    if (list.empty()) {
        return list;
    }
    Bytes body;
    put_text(body, "INFO");
    put_bytes(body, list);
    return body;
}

Bytes axml(Tags const& tags) {
    // In the order of EBUCore's coreMetadataType.
    std::string const content =
        nested("title", element("dc:title", tags.title)) +
        nested("creator", nested("contactDetails", element("name", tags.artist))) +
        isrc_identifier(tags.isrc) + upc_identifier(tags.upc) +
        nested("isPartOf", element("dc:relation", tags.album));
    if (content.empty()) {
        return {};
    }
    return even_bytes_of(fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?>
<ebuCoreMain xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="urn:ebu:metadata-schema:ebucore">
{}</ebuCoreMain>
)",
        nested("coreMetadata", content)
    ));
}

Bytes ixml(EncodeSettings const& settings) {
    auto const& tags = settings.tags;
    if (tags.empty() && !settings.broadcast) {
        return {};
    }
    auto const note = settings.broadcast ? settings.broadcast->description : std::string{};
    auto const music = element("songTitle", tags.title) + element("artist", tags.artist) +
                       element("genre", tags.genre) + element("isrcId", tags.isrc);
    auto const user = tags.upc.empty() ? std::string{} : "UPC " + tags.upc;
    return even_bytes_of(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
        nested(
            "BWFXML",
            element("IXML_VERSION", "3.01") + element("PROJECT", tags.album) +
                element("NOTE", note) + element("USER", user) + speed(settings) +
                track_list(settings.channels) + nested("ASWG", music)
        )
    );
}

} // namespace stemlathe::formats
