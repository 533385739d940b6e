#include "formats/media.hpp"

namespace stemlathe {

std::string_view name_of(Container container) noexcept {
    switch (container) {
    case Container::wav:
        return "WAV";
    case Container::rf64:
        return "RF64";
    case Container::w64:
        return "W64";
    case Container::aiff:
        return "AIFF";
    case Container::caf:
        return "CAF";
    case Container::flac:
        return "FLAC";
    case Container::ogg:
        return "Ogg";
    case Container::mp3:
        return "MP3";
    }
    return "";
}

MediaFailure::MediaFailure(
    MediaFault fault, std::filesystem::path const& path, std::string const& sentence
)
    : Failure(Code::unreadable, path.filename().string() + " " + sentence), fault_(fault) {
    about_file(path.string());
}

} // namespace stemlathe
