#include "kernels/base/assert.hpp"

#include <cuda_runtime_api.h>
#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

// A grid's blocks one after another, a block's threads in turns: each runs until it waits for
// others, then the next one does. The last thread goes first, so that code which relies on an order
// that no card promises gets the wrong one.

thread_local uint3 threadIdx;
thread_local uint3 blockIdx;
thread_local dim3 blockDim;
thread_local dim3 gridDim;

namespace {

constexpr unsigned kWarp = 32;
constexpr std::size_t kStack_bytes = 64 << 10;

enum class State { ready, at_warp, at_block, done };

struct Fiber {
    ucontext_t context{}; ///< where it begins
    jmp_buf place{};      ///< where it waits: a jump, unlike swapcontext, makes no system call
    bool has_begun = false;
    std::unique_ptr<char[]> stack = std::make_unique<char[]>(kStack_bytes);
    State state = State::done;
    std::array<std::byte, 16> slot{};
};

class Block {
  public:
    void run(unsigned threads, std::function<void()> const& thread) {
        threads_ = threads;
        thread_ = &thread;
        while (fibers_.size() < threads) {
            fibers_.push_back(std::make_unique<Fiber>());
        }
        for (unsigned first = (threads - 1) / kWarp * kWarp + kWarp; first > 0;) {
            first -= kWarp;
            begin_warp(first, std::min(first + kWarp, threads));
        }
        while (turn()) {
            release();
        }
    }

    void wait(State where) {
        if (is_plain_) {
            stemlathe::assertion_failed(
                "a thread waits where another one of its warp did not", __FILE__, __LINE__
            );
        }
        auto& fiber = *fibers_[threadIdx.x];
        fiber.state = where;
        if (_setjmp(fiber.place) == 0) {
            _longjmp(scheduler_, 1);
        }
    }

    Fiber& fiber(unsigned thread) {
        return *fibers_[thread];
    }

  private:
    static void enter(unsigned low, unsigned high) {
        auto const address = std::uintptr_t{low} | std::uintptr_t{high} << 32U;
        auto& block = *reinterpret_cast<Block*>(address);
        (*block.thread_)();
        block.fibers_[threadIdx.x]->state = State::done;
        _longjmp(block.scheduler_, 1);
    }

    /// The warp's last thread shows whether its threads wait for others. If not, the rest run as
    /// plain calls, which take a hundredth of the time.
    void begin_warp(unsigned first, unsigned end) {
        start(end - 1);
        resume(end - 1);
        bool const waits = fibers_[end - 1]->state != State::done;
        for (unsigned t = end - 1; t-- > first;) {
            if (waits) {
                start(t);
                continue;
            }
            fibers_[t]->state = State::done;
            threadIdx.x = t;
            is_plain_ = true;
            (*thread_)();
            is_plain_ = false;
        }
    }

    void start(unsigned t) {
        auto& fiber = *fibers_[t];
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack.get();
        fiber.context.uc_stack.ss_size = kStack_bytes;
        auto const self = reinterpret_cast<std::uintptr_t>(this);
        makecontext(
            &fiber.context,
            reinterpret_cast<void (*)()>(&Block::enter),
            2,
            static_cast<unsigned>(self),
            static_cast<unsigned>(self >> 32U)
        );
        fiber.state = State::ready;
        fiber.has_begun = false;
    }

    void resume(unsigned t) {
        threadIdx.x = t;
        auto& fiber = *fibers_[t];
        if (_setjmp(scheduler_) != 0) {
            return; // it waits, or is done
        }
        if (std::exchange(fiber.has_begun, true)) {
            _longjmp(fiber.place, 1);
        }
        setcontext(&fiber.context);
    }

    /// Runs all that can run. @returns whether threads are left, all of them waiting
    bool turn() {
        bool left = false;
        for (unsigned t = threads_; t-- > 0;) {
            if (fibers_[t]->state == State::ready) {
                resume(t);
            }
            left = left || fibers_[t]->state != State::done;
        }
        return left;
    }

    /// Wakes the warps, or the block, of which every thread that is left waits at the same place.
    void release() {
        bool woke = false;
        bool all_at_block = true;
        for (unsigned first = 0; first < threads_; first += kWarp) {
            woke = wake(first, std::min(first + kWarp, threads_), State::at_warp) || woke;
        }
        for (unsigned t = 0; t < threads_; ++t) {
            auto const state = fibers_[t]->state;
            all_at_block = all_at_block && (state == State::at_block || state == State::done);
        }
        if (all_at_block) {
            woke = wake(0, threads_, State::at_block) || woke;
        }
        if (!woke) {
            stemlathe::assertion_failed(
                "threads wait for others that do not come", __FILE__, __LINE__
            );
        }
    }

    bool wake(unsigned first, unsigned end, State where) {
        bool any = false;
        for (unsigned t = first; t < end; ++t) {
            auto const state = fibers_[t]->state;
            if (state != where && state != State::done) {
                return false;
            }
            any = any || state == where;
        }
        for (unsigned t = first; t < end; ++t) {
            if (fibers_[t]->state == where) {
                fibers_[t]->state = State::ready;
            }
        }
        return any;
    }

    std::vector<std::unique_ptr<Fiber>> fibers_;
    jmp_buf scheduler_{};
    std::function<void()> const* thread_ = nullptr;
    unsigned threads_ = 0;
    bool is_plain_ = false;
};

Block& block_of_this_thread() {
    thread_local Block block;
    return block;
}

} // namespace

void emulated::run_grid(dim3 grid, dim3 block, std::function<void()> const& thread) {
    gridDim = grid;
    blockDim = block;
    for (unsigned b = 0; b < grid.x; ++b) {
        blockIdx.x = b;
        block_of_this_thread().run(block.x, thread);
    }
}

void emulated::wait_for_warp() {
    block_of_this_thread().wait(State::at_warp);
}

void emulated::wait_for_block() {
    block_of_this_thread().wait(State::at_block);
}

void emulated::exchange(void* value, std::size_t bytes, unsigned lane_mask) {
    auto& block = block_of_this_thread();
    auto const self = threadIdx.x;
    std::memcpy(block.fiber(self).slot.data(), value, bytes);
    wait_for_warp();
    std::memcpy(value, block.fiber(self ^ lane_mask).slot.data(), bytes);
    wait_for_warp();
}
