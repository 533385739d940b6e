#pragma once

#include "formats/jail/decoder_process.hpp"
#include "tests/support/temp_folder.hpp"

#include <string>

namespace stemlathe::test {

/// fake_decoder, set to misbehave in one way.
class FakeDecoder {
  public:
    explicit FakeDecoder(std::string const& deed) : program_(folder_ / deed) {
        auto const self = std::filesystem::read_symlink("/proc/self/exe");
        std::filesystem::create_symlink(self.parent_path() / "fake_decoder", program_);
    }

    /// Its parent waits for a second where the product would wait for a minute.
    [[nodiscard]] formats::DecoderSettings settings() const {
        return {.program = program_, .patience = std::chrono::seconds{1}};
    }

  private:
    TempFolder folder_;
    std::filesystem::path program_;
};

} // namespace stemlathe::test
