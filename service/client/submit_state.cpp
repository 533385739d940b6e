#include "service/client/submit_state.hpp"

#include "formats/atomic_file.hpp"
#include "formats/checksum.hpp"
#include "host/report/json_text.hpp"
#include "kernels/base/failure.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::string_view kSeed = "seed";
constexpr std::string_view kSignature = "signature";
constexpr std::size_t kNameLetters = 24;

std::string random_text() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw Failure{Code::internal, "this machine gives no random numbers"};
    }
    std::string text;
    for (auto const byte : bytes) {
        text += fmt::format("{:02x}", byte);
    }
    return text;
}

std::string text_in(boost::json::object const& values, std::string_view name) {
    auto const* const value = values.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->as_string()} : std::string{};
}

boost::json::object read_values(std::filesystem::path const& file) {
    std::ifstream in{file, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    boost::json::error_code error;
    auto const value = boost::json::parse(text, error);
    return !error && value.is_object() ? value.as_object() : boost::json::object{};
}

std::string variable(char const* name) {
    auto const* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

} // namespace

SubmitState::SubmitState(std::filesystem::path file, std::string signature)
    : file_(std::move(file)), values_(read_values(file_)) {
    auto const wanted = sha256_of_text(signature);
    if (text(kSeed).empty() || text(kSignature) != wanted) {
        values_ = {{kSignature, wanted}};
        begin_anew();
    }
}

void SubmitState::begin_anew() {
    values_ = {{kSeed, random_text()}, {kSignature, text(kSignature)}};
}

std::filesystem::path SubmitState::path_in(
    std::filesystem::path const& folder,
    std::string_view server,
    std::filesystem::path const& session
) {
    auto const name =
        fmt::format("{}\n{}", server, std::filesystem::weakly_canonical(session).string());
    return folder / (sha256_of_text(name).substr(0, kNameLetters) + ".json");
}

std::filesystem::path SubmitState::usual_folder() {
    if (auto const state = variable("XDG_STATE_HOME"); state.starts_with('/')) {
        return std::filesystem::path{state} / "stemlathe";
    }
    auto const home = variable("HOME");
    if (home.empty()) {
        throw Failure{
            Code::invalid_argument,
            "neither XDG_STATE_HOME nor HOME is set, so there is no place to remember how far a "
            "submission is; set one of them"};
    }
    return std::filesystem::path{home} / ".local" / "state" / "stemlathe";
}

std::string SubmitState::key(std::string_view step) const {
    return fmt::format("{}-{}", text(kSeed), step);
}

std::string SubmitState::text(std::string_view name) const {
    return text_in(values_, name);
}

void SubmitState::remember(std::string_view name, std::string_view value) {
    values_[name] = value;
    save();
}

void SubmitState::forget() noexcept {
    std::error_code ignored; // one that stays is begun anew by the next submission
    std::filesystem::remove(file_, ignored);
}

void SubmitState::save() const {
    make_folder(file_.parent_path());
    write_text_atomically(file_, json_text(values_));
}

} // namespace stemlathe::service
