#include "tests/service/store/cable.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>

namespace stemlathe::test {

namespace {

/// An address of a network of four that other processes hardly have, of those for tests (RFC 2544).
std::string address_of(int place) {
    constexpr int kNetworks = 256;
    constexpr int kParts = 64;
    constexpr int kPart = 4;
    auto const part = ::getpid() / kNetworks % kParts;
    return fmt::format("198.18.{}.{}", ::getpid() % kNetworks, part * kPart + place);
}

} // namespace

Cable::Cable()
    : near_{address_of(1)}, far_{address_of(2)}, name_{fmt::format("stl{}", ::getpid())} {
    is_there_ = run("ip netns add {0}") &&
                run("ip link add {0} type veth peer name eth0 netns {0}") &&
                run("ip addr add {1}/30 dev {0} && ip link set {0} up") &&
                run("ip -n {0} addr add {2}/30 dev eth0") &&
                run("ip -n {0} link set lo up && ip -n {0} link set eth0 up");
}

Cable::~Cable() {
    run("ip link del {0}");
    run("ip netns del {0}");
}

ClusterNetwork Cable::near_end() const {
    return {.address = near_};
}

ClusterNetwork Cable::far_end() const {
    return {.space = name_, .address = far_};
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
    auto const line = fmt::format(fmt::runtime(command), name_, near_, far_) + " 2>/dev/null";
    return std::system(line.c_str()) == 0; // NOLINT(concurrency-mt-unsafe,cert-env33-c)
}

} // namespace stemlathe::test
