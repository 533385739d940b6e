#include "service/uploads/open_uploads.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe::service {

OpenUploads::Hold::Hold(OpenUploads& uploads, std::string id)
    : uploads_{uploads}, id_{std::move(id)} {}

OpenUploads::Hold::~Hold() {
    uploads_.release(id_);
}

void OpenUploads::Hold::on_interrupt(std::function<void()> const& interrupt) {
    bool is_wanted = false;
    {
        std::lock_guard const lock{uploads_.mutex_};
        auto& entry = uploads_.entries_.at(id_);
        entry.interrupt = interrupt;
        is_wanted = entry.is_wanted;
    }
    if (is_wanted) {
        interrupt();
    }
}

OpenUploads::OpenUploads(std::function<void()> released) : released_{std::move(released)} {}

std::unique_ptr<OpenUploads::Hold>
OpenUploads::take(std::string const& id, std::string const& tenant) {
    std::lock_guard const lock{mutex_};
    bool const is_free = entries_.emplace(id, Entry{.tenant = tenant}).second;
    return is_free ? std::make_unique<Hold>(*this, id) : nullptr;
}

bool OpenUploads::interrupt(std::string const& id) {
    std::function<void()> interrupt;
    {
        std::lock_guard const lock{mutex_};
        auto const found = entries_.find(id);
        if (found == entries_.end()) {
            return false;
        }
        found->second.is_wanted = true;
        interrupt = found->second.interrupt;
    }
    if (interrupt) {
        interrupt();
    }
    return true;
}

bool OpenUploads::is_open(std::string const& id) const {
    std::lock_guard const lock{mutex_};
    return entries_.contains(id);
}

bool OpenUploads::is_any() const {
    std::lock_guard const lock{mutex_};
    return !entries_.empty();
}

std::int64_t OpenUploads::count(std::string const& tenant) const {
    std::lock_guard const lock{mutex_};
    return std::ranges::count_if(entries_, [&](auto const& entry) {
        return entry.second.tenant == tenant;
    });
}

void OpenUploads::release(std::string const& id) {
    {
        std::lock_guard const lock{mutex_};
        entries_.erase(id);
    }
    released_();
}

} // namespace stemlathe::service
