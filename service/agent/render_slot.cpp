#include "service/agent/render_slot.hpp"

#include "service/agent/close_lease.hpp"
#include "service/agent/supervise.hpp"

#include <exception>
#include <utility>

namespace stemlathe::service {

RenderSlot::RenderSlot(Workplace& workplace, std::string device)
    : workplace_{workplace},
      taker_{workplace},
      seat_{workplace, std::move(device), workplace.settings.threads},
      finisher_{workplace},
      thread_{[this] {
          work();
      }} {}

void RenderSlot::work() {
    while (!workplace_.is_draining) {
        auto const rings = workplace_.bell.rings();
        if (!seat_.is_taken(workplace_.is_draining)) {
            seat_.rest();
        } else if (auto lease = seat_.has_room() ? claim() : std::nullopt) {
            work_on(std::move(*lease));
        } else {
            workplace_.bell.wait(rings, taker_.nap());
        }
    }
    taker_.end();
    seat_.clear();
    finisher_.end();
    has_ended_ = true;
    workplace_.bell.ring();
}

std::optional<Lease> RenderSlot::claim() {
    auto const device = shown();
    auto const text = [&](char const* key) {
        auto const* const value = device.if_contains(key);
        return value != nullptr && value->is_string() ? std::string{value->as_string()} : "";
    };
    // Two cards of one kind have one name between them.
    bool const is_one_of_many = workplace_.settings.devices.size() > 1;
    auto const name = text("device") + (is_one_of_many ? " (" + seat_.device() + ")" : "");
    return taker_.take(
        {.device = name, .kinds = {"render", "analysis"}, .has_gpu = text("backend") == "cuda"}
    );
}

void RenderSlot::work_on(Lease lease) {
    auto work = std::make_unique<Work>(workplace_, std::move(lease));
    Ending ending;
    try {
        ending = render(*work);
    } catch (std::exception const& failure) {
        ending = ending_of(failure);
    }
    seat_.hear(ending, work->lease.job);
    if (ending.kind == Ending::Kind::done) {
        work->result = std::move(ending.result);
        finisher_.take(std::move(work));
        return;
    }
    auto const ended = work->lease;
    work.reset(); // the folder is gone before anybody hears of the end
    close_lease(workplace_, ended, ending, {});
    if (ending.is_executor_spent && ending.kind == Ending::Kind::failed) {
        seat_.rest();
    }
}

Ending RenderSlot::render(Work& work) {
    work.folder =
        std::make_unique<WorkFolder>(workplace_.blobs, work.lease, workplace_.settings.scratch);
    return supervise(workplace_, seat_.executor(), work.folder->order(), work.keeper);
}

} // namespace stemlathe::service
