#pragma once

#include <memory>
#include <string>

/// A disk that fails when it is told to: under SQLite (a VFS between it and the system) and under
/// fdatasync(2) of this program.
namespace stemlathe::test {

enum class DiskFault {
    none,
    full,         ///< a write finds no space
    write_failed, ///< a write fails for another reason
    sync_failed,  ///< what was written may be lost
};

/// From now on every database that is opened lies on the faulty disk. Its syncs only pretend:
/// nothing but the process dies in a test.
void install_faulty_disk();

/// Lets the `nth` write (of sync_failed: sync) from now on fail, and no other. `none` ends it.
/// @returns how many there were since the last call
int order_disk_fault(DiskFault fault, int nth);

/// Lets the next fdatasync fail with this errno; 0 ends it.
void order_fdatasync_error(int error);

/// Holds whoever writes to a database whose name contains `part`, for as long as it is closed.
/// Needs the faulty disk; one at a time.
class DiskGate {
  public:
    explicit DiskGate(std::string part);
    DiskGate(DiskGate const&) = delete;
    DiskGate& operator=(DiskGate const&) = delete;
    ~DiskGate(); ///< opens it

    /// Returns when somebody is held.
    void await();
    void open();

    struct State;

  private:
    std::shared_ptr<State> state_;
};

} // namespace stemlathe::test
