#include "formats/text_file.hpp"

#include "formats/bytes.hpp"

namespace stemlathe {

TextFile::TextFile(std::filesystem::path const& path)
    : atomic_(path), file_(formats::File::open_for_change(atomic_.temporary())) {}

void TextFile::append(std::string_view text) {
    file_.write_at(formats::as_bytes(text), bytes_);
    bytes_ += static_cast<std::int64_t>(text.size());
}

void TextFile::commit() {
    file_.close();
    atomic_.commit();
}

} // namespace stemlathe
