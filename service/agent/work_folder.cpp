#include "service/agent/work_folder.hpp"

#include "formats/atomic_file.hpp"
#include "kernels/base/failure.hpp"
#include "service/agent/session_text.hpp"
#include "service/api/filename.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <system_error>

namespace stemlathe::service {

namespace {

constexpr std::string_view kJobPrefix = "job_";

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// Files of these names would be read as something else than audio.
bool is_taken(std::string const& name) {
    auto const plain = lower_case(name);
    return plain == "session.toml" || plain == "comments.txt" || plain == "references";
}

void check_name(std::string const& name) {
    if (!is_plain_filename(name) || name.starts_with('.') || is_taken(name)) {
        throw Failure{
            Code::invalid_session,
            "a file of this session has a name that cannot be used; rename it and upload it again"}
            .about_key("filename");
    }
}

std::filesystem::path
place_of(boost::json::value const& file, std::filesystem::path const& session) {
    std::string const name{file.at("filename").as_string()};
    check_name(name);
    return file.at("kind").as_string() == "reference" ? session / "references" / name
                                                      : session / name;
}

void place_files(
    BlobStore const& blobs, boost::json::array const& files, std::filesystem::path const& session
) {
    std::set<std::filesystem::path> places;
    for (auto const& file : files) {
        auto const place = place_of(file, session);
        if (!places.insert(place).second) {
            auto const name = place.filename().string();
            throw Failure{
                Code::invalid_session,
                fmt::format("two files of this session are called {}; rename one", name)}
                .about_file(name);
        }
        std::filesystem::create_directory(place.parent_path());
        blobs.place(std::string{file.at("digest").as_string()}, place);
    }
}

std::optional<double> maybe_number(boost::json::object const& spec, std::string_view key) {
    auto const* const value = spec.if_contains(key);
    return value == nullptr || value->is_null() ? std::nullopt
                                                : std::optional{value->to_number<double>()};
}

bool is_true(boost::json::object const& spec, std::string_view key) {
    auto const* const value = spec.if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

/// What an analysis leaves out is as an order has it. One kind of job analyses stems or compares
/// masters: the queue need not tell them apart.
Order order_in(boost::json::object const& spec, Lease const& lease) {
    Order order{
        .job = lease.job,
        .kind = is_true(spec, "compare") ? "compare" : lease.kind,
        .from_s = maybe_number(spec, "from_s"),
        .to_s = maybe_number(spec, "to_s"),
        .apply_comments = is_true(spec, "apply_comments")};
    if (auto const* const plan = spec.if_contains("plan")) {
        order.plan = boost::json::serialize(*plan);
    }
    if (auto const* const wanted = spec.if_contains("deliveries")) {
        for (auto const& name : wanted->as_array()) {
            order.deliveries.emplace_back(name.as_string());
        }
    }
    return order;
}

void remove_quietly(std::filesystem::path const& path) noexcept {
    std::error_code ignored; // the next start sweeps it
    std::filesystem::remove_all(path, ignored);
}

} // namespace

WorkFolder::WorkFolder(
    BlobStore const& blobs, Lease const& lease, std::filesystem::path const& scratch
)
    : path_{blobs.workshop() / fmt::format("{}.{}", lease.job, lease.fence)},
      scratch_{scratch.empty() ? path_ / "scratch" : scratch / path_.filename()} {
    try {
        fill(blobs, lease);
    } catch (...) {
        remove_quietly(path_);
        remove_quietly(scratch_);
        throw;
    }
}

void WorkFolder::fill(BlobStore const& blobs, Lease const& lease) {
    try {
        auto const spec = boost::json::parse(lease.spec).as_object();
        order_ = order_in(spec, lease);
        wants_review_ = is_true(spec, "review");
        order_.folder = path_ / "session";
        order_.out = path_ / "out";
        order_.scratch = scratch_;
        std::filesystem::create_directories(order_.folder);
        std::filesystem::create_directories(order_.scratch);
        place_files(blobs, spec.at("files").as_array(), order_.folder);
        write_text(order_.folder / "session.toml", session_text(spec));
    } catch (Failure const&) {
        throw;
    } catch (std::filesystem::filesystem_error const& error) {
        bool const is_full = error.code() == std::errc::no_space_on_device;
        throw Failure{is_full ? Code::storage_full : Code::storage_failed, error.what()};
    } catch (std::exception const& error) {
        throw Failure{
            Code::internal, fmt::format("the job {} has no spec: {}", lease.job, error.what())};
    }
}

WorkFolder::~WorkFolder() {
    remove_quietly(path_);
    remove_quietly(scratch_);
}

void sweep_work_folders(
    std::filesystem::path const& workshop,
    std::function<bool(std::string const& job, std::int64_t fence)> const& is_held
) {
    for (auto const& entry : std::filesystem::directory_iterator{workshop}) {
        auto const name = entry.path().filename().string();
        auto const dot = name.rfind('.');
        if (!name.starts_with(kJobPrefix) || dot == std::string::npos) {
            continue;
        }
        std::int64_t fence = 0;
        std::from_chars(name.data() + dot + 1, name.data() + name.size(), fence);
        if (!is_held(name.substr(0, dot), fence)) {
            remove_quietly(entry.path());
        }
    }
}

} // namespace stemlathe::service
