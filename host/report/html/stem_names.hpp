#pragma once

#include "host/report/report.hpp"

#include <map>
#include <string>

namespace stemlathe::html {

/// What the page calls a stem: "Vocals" for "03_Vocals.wav", as long as that is the name of one
/// stem only.
class StemNames {
  public:
    explicit StemNames(MasteringReport const& report);

    /// The name, escaped; of a file that the report does not know, the file's own name.
    [[nodiscard]] std::string of(std::string const& file) const;

  private:
    std::map<std::string, std::string> names_;
};

} // namespace stemlathe::html
