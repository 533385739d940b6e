#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <string>

// Memory, streams and events. Work is done as late as it may be: what forgets to wait for a result
// finds none.

struct EmulatedStream {
    std::deque<std::function<void()>> work{};

    EmulatedStream();
    ~EmulatedStream();

    EmulatedStream(EmulatedStream const&) = delete;
    EmulatedStream& operator=(EmulatedStream const&) = delete;
};

struct EmulatedEvent {
    EmulatedStream* stream = nullptr; ///< it was recorded on; nullptr: it has passed
};

namespace {

constexpr std::size_t kAlignment_bytes = 256;
constexpr int kPoison = 0xFF; // floats of these bits are NaN

struct Card {
    std::recursive_mutex mutex{}; ///< held while anything runs: there is one card
    std::set<EmulatedStream*> streams{};
    std::map<void*, std::size_t> blocks{}; ///< of the card's memory
    std::size_t used_bytes = 0;
    std::size_t most_used_bytes = 0;
    std::size_t taken_bytes = 0; ///< by others
    std::size_t total_bytes = std::size_t{2} << 30U;

    Card() {
        // For tests of a card that is full.
        if (char const* const mebibytes = std::getenv("STEMLATHE_EMULATED_CARD_MIB")) {
            total_bytes = std::strtoull(mebibytes, nullptr, 10) << 20U;
        }
        // What others on the card have taken.
        if (char const* const mebibytes = std::getenv("STEMLATHE_EMULATED_CARD_TAKEN_MIB")) {
            taken_bytes = std::strtoull(mebibytes, nullptr, 10) << 20U;
        }
        // How much this program had at most goes into this file at its end.
        if (std::getenv("STEMLATHE_EMULATED_CARD_MOST_USED") != nullptr) {
            std::atexit(write_most_used);
        }
    }

    static void write_most_used();
};

Card& card() {
    static Card* const the_card = new Card; // outlives the streams of threads that end late
    return *the_card;
}

void Card::write_most_used() {
    std::ofstream{std::getenv("STEMLATHE_EMULATED_CARD_MOST_USED")} << card().most_used_bytes
                                                                    << '\n';
}

thread_local EmulatedStream own_stream;
thread_local cudaError_t last_error = cudaSuccess;

cudaError_t failed(cudaError_t error) {
    last_error = error;
    return error;
}

void run(EmulatedStream& stream) {
    std::lock_guard const lock{card().mutex};
    while (!stream.work.empty()) {
        auto const work = std::move(stream.work.front());
        stream.work.pop_front();
        work();
    }
}

void* poisoned(std::size_t bytes) {
    auto const padded = (bytes + kAlignment_bytes - 1) / kAlignment_bytes * kAlignment_bytes;
    void* const memory = std::aligned_alloc(kAlignment_bytes, std::max(padded, kAlignment_bytes));
    if (memory != nullptr) {
        std::memset(memory, kPoison, bytes);
    }
    return memory;
}

} // namespace

EmulatedStream::EmulatedStream() {
    std::lock_guard const lock{card().mutex};
    card().streams.insert(this);
}

EmulatedStream::~EmulatedStream() {
    run(*this);
    std::lock_guard const lock{card().mutex};
    card().streams.erase(this);
}

void emulated::enqueue(std::function<void()> work) {
    std::lock_guard const lock{card().mutex};
    own_stream.work.push_back(std::move(work));
}

char const* cudaGetErrorName(cudaError_t error) {
    return error == cudaErrorMemoryAllocation ? "cudaErrorMemoryAllocation" : "cudaError";
}

char const* cudaGetErrorString(cudaError_t error) {
    return error == cudaErrorMemoryAllocation ? "out of memory" : "emulated error";
}

cudaError_t cudaGetLastError() {
    return std::exchange(last_error, cudaSuccess);
}

cudaError_t cudaDriverGetVersion(int* version) {
    *version = 13'000;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
    if (device != 0) {
        return failed(cudaErrorInvalidValue);
    }
    *properties = {
        .name = "emulated card", .major = 9, .minor = 0, .totalGlobalMem = card().total_bytes};
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr /*attribute*/, int /*device*/) {
    *value = cudaComputeModeDefault;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
    return device == 0 ? cudaSuccess : failed(cudaErrorInvalidValue);
}

cudaError_t cudaDeviceSynchronize() {
    std::lock_guard const lock{card().mutex};
    for (auto* const stream : card().streams) {
        run(*stream);
    }
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t /*stream*/) {
    run(own_stream);
    return cudaSuccess;
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
    std::lock_guard const lock{card().mutex};
    if (card().used_bytes + bytes > card().total_bytes - card().taken_bytes) {
        return failed(cudaErrorMemoryAllocation);
    }
    *memory = poisoned(bytes);
    if (*memory == nullptr) {
        return failed(cudaErrorMemoryAllocation);
    }
    card().blocks[*memory] = bytes;
    card().used_bytes += bytes;
    card().most_used_bytes = std::max(card().most_used_bytes, card().used_bytes);
    return cudaSuccess;
}

cudaError_t cudaFree(void* memory) {
    cudaDeviceSynchronize();
    std::lock_guard const lock{card().mutex};
    auto const block = card().blocks.find(memory);
    if (block == card().blocks.end()) {
        return memory == nullptr ? cudaSuccess : failed(cudaErrorInvalidValue);
    }
    card().used_bytes -= block->second;
    card().blocks.erase(block);
    std::free(memory);
    return cudaSuccess;
}

cudaError_t cudaMallocHost(void** memory, std::size_t bytes) {
    *memory = poisoned(bytes);
    return *memory != nullptr ? cudaSuccess : failed(cudaErrorMemoryAllocation);
}

cudaError_t cudaFreeHost(void* memory) {
    cudaDeviceSynchronize();
    std::free(memory);
    return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
    std::lock_guard const lock{card().mutex};
    *free_bytes = card().total_bytes - card().taken_bytes - card().used_bytes;
    *total_bytes = card().total_bytes;
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(
    void* to, void const* from, std::size_t bytes, cudaMemcpyKind /*kind*/, cudaStream_t /*stream*/
) {
    emulated::enqueue([=] { std::memcpy(to, from, bytes); });
    return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* memory, int value, std::size_t bytes, cudaStream_t /*stream*/) {
    emulated::enqueue([=] { std::memset(memory, value, bytes); });
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned /*flags*/) {
    *event = new EmulatedEvent;
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t /*stream*/) {
    event->stream = &own_stream;
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    if (event->stream != nullptr) {
        run(*event->stream);
        event->stream = nullptr;
    }
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete event;
    return cudaSuccess;
}
