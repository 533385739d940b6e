#include "tests/service/store/faulty_disk.hpp"

#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace {

int fdatasync_error = 0;

} // namespace

/// In the place of the C library's, for everything that this program links.
extern "C" int fdatasync(int descriptor) {
    if (int const error = std::exchange(fdatasync_error, 0); error != 0) {
        errno = error;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

namespace stemlathe::test {

struct DiskGate::State {
    std::string part{};
    std::mutex mutex{};
    std::condition_variable changed{};
    bool is_open = false;
    bool holds_somebody = false;

    void pass() {
        std::unique_lock lock{mutex};
        holds_somebody = true;
        changed.notify_all();
        changed.wait(lock, [&] { return is_open; });
    }
};

namespace {

std::mutex gate_mutex;
std::shared_ptr<DiskGate::State> gate; ///< guarded by it

std::shared_ptr<DiskGate::State> gate_before(std::string_view name) {
    std::lock_guard const lock{gate_mutex};
    return gate && name.find(gate->part) != std::string_view::npos ? gate : nullptr;
}

DiskFault ordered = DiskFault::none;
int passes_left = 0;
int passes = 0;

bool is_now(bool is_sync) {
    if (is_sync != (ordered == DiskFault::sync_failed)) {
        return false;
    }
    ++passes;
    return ordered != DiskFault::none && --passes_left == 0;
}

/// The system's file lies behind this one.
struct File {
    sqlite3_file base;
    char const* name; ///< SQLite keeps it as long as the file is open

    sqlite3_file* real() {
        return reinterpret_cast<sqlite3_file*>(this + 1);
    }
};

sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real();
}

sqlite3_io_methods const& methods_of(sqlite3_file* file) {
    return *real(file)->pMethods;
}

int write(sqlite3_file* file, void const* bytes, int count, sqlite3_int64 offset) {
    auto const* const name = reinterpret_cast<File*>(file)->name;
    if (auto const closed = gate_before(name != nullptr ? name : "")) {
        closed->pass();
    }
    if (is_now(false)) {
        return ordered == DiskFault::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    return methods_of(file).xWrite(real(file), bytes, count, offset);
}

int sync(sqlite3_file*, int) {
    return is_now(true) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

sqlite3_io_methods const kMethods{
    .iVersion = 2, // no mapping of the file: every write comes through here
    .xClose = [](sqlite3_file* file) { return methods_of(file).xClose(real(file)); },
    .xRead = [](sqlite3_file* file, void* into, int count, sqlite3_int64 offset
             ) { return methods_of(file).xRead(real(file), into, count, offset); },
    .xWrite = write,
    .xTruncate = [](sqlite3_file* file,
                    sqlite3_int64 size) { return methods_of(file).xTruncate(real(file), size); },
    .xSync = sync,
    .xFileSize = [](sqlite3_file* file,
                    sqlite3_int64* size) { return methods_of(file).xFileSize(real(file), size); },
    .xLock = [](sqlite3_file* file,
                int level) { return methods_of(file).xLock(real(file), level); },
    .xUnlock = [](sqlite3_file* file,
                  int level) { return methods_of(file).xUnlock(real(file), level); },
    .xCheckReservedLock = [](sqlite3_file* file, int* result
                          ) { return methods_of(file).xCheckReservedLock(real(file), result); },
    .xFileControl = [](sqlite3_file* file, int what, void* value
                    ) { return methods_of(file).xFileControl(real(file), what, value); },
    .xSectorSize = [](sqlite3_file* file) { return methods_of(file).xSectorSize(real(file)); },
    .xDeviceCharacteristics = [](sqlite3_file* file
                              ) { return methods_of(file).xDeviceCharacteristics(real(file)); },
    .xShmMap = [](sqlite3_file* file, int page, int size, int extend, void volatile** at
               ) { return methods_of(file).xShmMap(real(file), page, size, extend, at); },
    .xShmLock = [](sqlite3_file* file, int offset, int count, int flags
                ) { return methods_of(file).xShmLock(real(file), offset, count, flags); },
    .xShmBarrier = [](sqlite3_file* file) { methods_of(file).xShmBarrier(real(file)); },
    .xShmUnmap = [](sqlite3_file* file,
                    int remove) { return methods_of(file).xShmUnmap(real(file), remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr};

sqlite3_vfs* system_disk = nullptr;

int open(sqlite3_vfs*, char const* name, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr; // where opening fails there is nothing to close
    int const result = system_disk->xOpen(system_disk, name, real(file), flags, out_flags);
    if (result == SQLITE_OK) {
        file->pMethods = &kMethods;
        reinterpret_cast<File*>(file)->name = name;
    }
    return result;
}

} // namespace

void install_faulty_disk() {
    static sqlite3_vfs disk;
    if (system_disk != nullptr) {
        return;
    }
    system_disk = sqlite3_vfs_find(nullptr);
    disk = *system_disk;
    disk.pNext = nullptr;
    disk.zName = "faulty";
    disk.szOsFile += static_cast<int>(sizeof(File));
    disk.xOpen = open;
    if (sqlite3_vfs_register(&disk, 1) != SQLITE_OK) {
        throw std::runtime_error{"cannot register the faulty disk"};
    }
}

int order_disk_fault(DiskFault fault, int nth) {
    ordered = fault;
    passes_left = nth;
    return std::exchange(passes, 0);
}

void order_fdatasync_error(int error) {
    fdatasync_error = error;
}

DiskGate::DiskGate(std::string part) : state_{std::make_shared<State>()} {
    state_->part = std::move(part);
    std::lock_guard const lock{gate_mutex};
    gate = state_;
}

DiskGate::~DiskGate() {
    {
        std::lock_guard const lock{gate_mutex};
        gate.reset();
    }
    open();
}

void DiskGate::await() {
    std::unique_lock lock{state_->mutex};
    state_->changed.wait(lock, [&] { return state_->holds_somebody; });
}

void DiskGate::open() {
    std::lock_guard const lock{state_->mutex};
    state_->is_open = true;
    state_->changed.notify_all();
}

} // namespace stemlathe::test
