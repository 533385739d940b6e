#include "tests/service/store/cable.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>

namespace stemlathe::test {

Cable::Cable() : number_{::getpid() % 256}, name_{fmt::format("stl{}", ::getpid())} {
    is_there_ = run("ip netns add {0}") &&
                run("ip link add {0} type veth peer name eth0 netns {0}") &&
                run("ip addr add 198.18.{1}.1/30 dev {0} && ip link set {0} up") &&
                run("ip -n {0} addr add 198.18.{1}.2/30 dev eth0") &&
                run("ip -n {0} link set lo up && ip -n {0} link set eth0 up");
}

Cable::~Cable() {
    run("ip link del {0}");
    run("ip netns del {0}");
}

ClusterNetwork Cable::near_end() const {
    return {.address = fmt::format("198.18.{}.1", number_)};
}

ClusterNetwork Cable::far_end() const {
    return {.space = name_, .address = fmt::format("198.18.{}.2", number_)};
}

void Cable::enter() const {
    auto const space = "/run/netns/" + name_;
    if (::setns(::open(space.c_str(), O_RDONLY | O_CLOEXEC), CLONE_NEWNET) != 0) {
        ::_exit(1);
    }
}

void Cable::cut() const {
    run("ip -n {0} link set eth0 down");
}

void Cable::mend() const {
    run("ip -n {0} link set eth0 up");
}

bool Cable::run(char const* command) const {
    auto const line = fmt::format(fmt::runtime(command), name_, number_) + " 2>/dev/null";
    return std::system(line.c_str()) == 0; // NOLINT(concurrency-mt-unsafe,cert-env33-c)
}

} // namespace stemlathe::test
