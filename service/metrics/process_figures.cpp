#include "service/metrics/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace stemlathe::service {

namespace {

double seconds_of(timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// Second word of /proc/self/statm (proc(5)): pages in memory. 0 where there is no /proc.
double resident_bytes() {
    std::ifstream file{"/proc/self/statm"};
    double all = 0.0;
    double resident = 0.0;
    file >> all >> resident;
    return file ? resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) : 0.0;
}

double open_descriptors() {
    std::error_code error;
    std::filesystem::directory_iterator const open{"/proc/self/fd", error};
    return error ? 0.0 : static_cast<double>(std::distance(begin(open), end(open)));
}

} // namespace

void write_process(Exposition& to) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    to.family("process_cpu_seconds_total", "counter", "Processor time, user and system.");
    to.sample(seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
    to.gauge("process_resident_memory_bytes", "Memory in use.", resident_bytes());
    to.gauge("process_open_fds", "Open descriptors.", open_descriptors());
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    to.gauge(
        "process_max_fds", "Descriptors that may be open.", static_cast<double>(limit.rlim_cur)
    );
}

} // namespace stemlathe::service
