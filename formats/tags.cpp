#include "formats/tags.hpp"

#include "formats/atomic_file.hpp"
#include "formats/container_check.hpp"
#include "formats/id3_size.hpp"
#include "formats/media.hpp"
#include "formats/tag_fields.hpp"

#include <FLAC/metadata.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <memory>
#include <tuple>
#include <utility>

namespace stemlathe {

namespace formats {

Fields replay_gain_fields(ReplayGain const& gain) {
    constexpr double kReference_lufs = -18.0; // ReplayGain 2.0 specification, section "reference"
    return {
        {"REPLAYGAIN_TRACK_GAIN", fmt::format("{:.2f} dB", kReference_lufs - gain.integrated_lufs)},
        {"REPLAYGAIN_TRACK_PEAK", fmt::format("{:.6f}", gain.true_peak)},
        {"REPLAYGAIN_REFERENCE_LOUDNESS", fmt::format("{:.2f} LUFS", kReference_lufs)}};
}

Fields vorbis_comments(Tags const& tags, bool is_opus) {
    Fields fields;
    auto const add = [&](char const* key, std::string const& text) {
        if (!text.empty()) {
            fields.emplace_back(key, text);
        }
    };
    add("TITLE", tags.title);
    add("ARTIST", tags.artist);
    add("ALBUM", tags.album);
    add("DATE", tags.date);
    add("GENRE", tags.genre);
    add("ISRC", tags.isrc);
    add("BARCODE", tags.upc);
    if (tags.replay_gain && is_opus) {
        constexpr double kReference_lufs = -23.0; // RFC 7845 section 5.2.1, as are the 256ths
        double const gain_db = kReference_lufs - tags.replay_gain->integrated_lufs;
        add("R128_TRACK_GAIN", fmt::format("{}", std::lround(256.0 * gain_db)));
    } else if (tags.replay_gain) {
        Fields const gain = replay_gain_fields(*tags.replay_gain);
        fields.insert(fields.end(), gain.begin(), gain.end());
    }
    return fields;
}

namespace {

template <auto Delete>
struct FlacDeleter {
    template <typename T>
    void operator()(T* object) const noexcept {
        Delete(object);
    }
};

using FlacChain = std::unique_ptr<FLAC__Metadata_Chain, FlacDeleter<FLAC__metadata_chain_delete>>;
using FlacIterator =
    std::unique_ptr<FLAC__Metadata_Iterator, FlacDeleter<FLAC__metadata_iterator_delete>>;
using FlacBlock = std::unique_ptr<FLAC__StreamMetadata, FlacDeleter<FLAC__metadata_object_delete>>;

Failure no_memory() {
    return {Code::out_of_memory, "not enough memory for the tags of a FLAC file"};
}

FlacBlock flac_block(FLAC__MetadataType type) {
    FlacBlock block{FLAC__metadata_object_new(type)};
    if (!block) {
        throw no_memory();
    }
    return block;
}

FlacBlock flac_comment(Tags const& tags) {
    FlacBlock block = flac_block(FLAC__METADATA_TYPE_VORBIS_COMMENT);
    for (auto const& [key, text] : vorbis_comments(tags, false)) {
        FLAC__StreamMetadata_VorbisComment_Entry entry{};
        bool const made = FLAC__metadata_object_vorbiscomment_entry_from_name_value_pair(
            &entry, key.c_str(), text.c_str()
        );
        if (!made ||
            !FLAC__metadata_object_vorbiscomment_append_comment(block.get(), entry, false)) {
            throw Failure{
                Code::invalid_session, fmt::format("the tag {} cannot hold \"{}\"", key, text)};
        }
    }
    return block;
}

/// Puts a block behind the one that the iterator is at, and moves on to it.
void insert_after(FLAC__Metadata_Iterator* iterator, FlacBlock block) {
    if (!FLAC__metadata_iterator_insert_block_after(iterator, block.get())) {
        throw no_memory();
    }
    std::ignore = block.release(); // a chain owns what was inserted
}

/// Removes old comments and padding; adds ours, and room so that the next change moves no audio.
void replace_flac_blocks(FLAC__Metadata_Chain* chain, Tags const& tags) {
    constexpr unsigned kPaddingBytes = 4096;
    FlacIterator const iterator{FLAC__metadata_iterator_new()};
    FLAC__metadata_iterator_init(iterator.get(), chain);
    while (FLAC__metadata_iterator_next(iterator.get())) { // the first block, STREAMINFO, stays
        auto const type = FLAC__metadata_iterator_get_block_type(iterator.get());
        if (type == FLAC__METADATA_TYPE_VORBIS_COMMENT || type == FLAC__METADATA_TYPE_PADDING) {
            FLAC__metadata_iterator_delete_block(iterator.get(), false); // steps back by one
        }
    }
    insert_after(iterator.get(), flac_comment(tags));
    FlacBlock padding = flac_block(FLAC__METADATA_TYPE_PADDING);
    padding->length = kPaddingBytes;
    insert_after(iterator.get(), std::move(padding));
}

void replace_flac_tags(std::filesystem::path const& path, Tags const& tags) {
    FlacChain const chain{FLAC__metadata_chain_new()};
    if (!chain || !FLAC__metadata_chain_read(chain.get(), path.c_str())) {
        throw MediaFailure(MediaFault::unreadable, path, "has damaged FLAC metadata");
    }
    replace_flac_blocks(chain.get(), tags);
    errno = 0;
    if (!FLAC__metadata_chain_write(chain.get(), true, false)) {
        throw storage_failure(errno != 0 ? errno : EIO, path, "write the tags of");
    }
    auto file = File::open_for_change(path);
    file.sync();
    file.close();
}

void replace_mp3_tags(File const& source, Tags const& tags) {
    constexpr std::size_t kBlockBytes = 1U << 20U;
    AtomicFile atomic{source.path()};
    auto target = File::open_for_change(atomic.temporary());
    Bytes const tag = id3_tag(tags);
    target.write_at(tag, 0);
    std::array<std::byte, 10> start{};
    static_cast<void>(source.read_at(start, 0));
    std::int64_t from = id3_bytes(start);
    auto to = static_cast<std::int64_t>(tag.size());
    Bytes block(kBlockBytes);
    while (std::size_t const got = source.read_at(block, from)) {
        target.write_at({block.data(), got}, to);
        from += static_cast<std::int64_t>(got);
        to += static_cast<std::int64_t>(got);
    }
    target.close();
    atomic.commit();
}

} // namespace

} // namespace formats

void replace_tags(std::filesystem::path const& path, Tags const& tags) {
    auto const source = formats::File::open(path);
    auto const container = formats::identified(source);
    if (container == Container::flac) {
        formats::replace_flac_tags(path, tags);
    } else if (container == Container::mp3) {
        formats::replace_mp3_tags(source, tags);
    } else if (container == Container::ogg) {
        AtomicFile atomic{path};
        auto target = formats::File::open_for_change(atomic.temporary());
        formats::rewrite_ogg(source, target, tags, std::nullopt);
        target.close();
        atomic.commit();
    } else {
        throw MediaFailure(MediaFault::unreadable, path, "is no FLAC, MP3 or Ogg file to tag");
    }
}

} // namespace stemlathe
