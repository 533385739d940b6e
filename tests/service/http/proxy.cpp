#include "tests/service/http/proxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>

namespace stemlathe::test {

namespace {

std::string program_of(std::string const& name) {
    for (auto const* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/"}) {
        if (::access((folder + name).c_str(), X_OK) == 0) {
            return folder + name;
        }
    }
    return {};
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// One that nobody listens at now; a proxy cannot pick one itself and say which.
std::uint16_t free_port() {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t bytes = sizeof(address);
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), bytes);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &bytes);
    ::close(socket);
    return ntohs(address.sin_port);
}

std::string replaced(std::string text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    if (at == std::string::npos) {
        throw std::runtime_error{"the recommended settings have no \"" + from + "\""};
    }
    return text.replace(at, from.size(), to);
}

constexpr char const* kNginxFrame = R"(daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events { worker_connections 512; }
http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include stemlathe.conf;
}
)";

} // namespace

bool Proxy::is_installed(std::string const& name) {
    return !program_of(name).empty() && std::filesystem::exists(STEMLATHE_PROXIES);
}

Proxy::Proxy(std::string const& name, std::uint16_t server_port) : port_{free_port()} {
    write_settings(name, server_port);
    start(name);
    constexpr int kLooks = 1'000;
    for (int i = 0; i < kLooks && ::waitpid(process_, nullptr, WNOHANG) == 0; ++i) {
        if (listens()) {
            return;
        }
        ::poll(nullptr, 0, 10);
    }
    throw std::runtime_error{name + " does not start: " + read_file(folder_ / "log")};
}

Proxy::~Proxy() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

void Proxy::write_settings(std::string const& name, std::uint16_t server_port) const {
    std::filesystem::path const recommended{STEMLATHE_PROXIES};
    auto const server = "127.0.0.1:" + std::to_string(server_port);
    auto const front = "127.0.0.1:" + std::to_string(port_);
    if (name == "nginx") {
        auto const text = replaced(read_file(recommended / "nginx.conf"), "127.0.0.1:8080", server);
        write_file(
            folder_ / "stemlathe.conf", replaced(text, "listen 80;", "listen " + front + ";")
        );
        write_file(folder_ / "nginx.conf", kNginxFrame);
    } else {
        auto const text =
            replaced(read_file(recommended / "haproxy.cfg"), "127.0.0.1:8080", server);
        write_file(folder_ / "haproxy.cfg", replaced(text, "bind :80", "bind " + front));
    }
}

void Proxy::start(std::string const& name) {
    auto const program = program_of(name);
    auto const folder = folder_.path().string();
    auto const settings = folder + (name == "nginx" ? "/nginx.conf" : "/haproxy.cfg");
    process_ = ::fork();
    if (process_ != 0) {
        return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int const log = ::open((folder + "/log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    if (name == "nginx") {
        ::execl(
            program.c_str(),
            "nginx",
            "-p",
            folder.c_str(),
            "-c",
            settings.c_str(),
            "-e",
            "stderr",
            nullptr
        );
    } else {
        ::execl(program.c_str(), "haproxy", "-db", "-f", settings.c_str(), nullptr);
    }
    ::_exit(127);
}

bool Proxy::listens() const {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const address = loopback(port_);
    bool const is_there =
        ::connect(socket, reinterpret_cast<sockaddr const*>(&address), sizeof(address)) == 0;
    ::close(socket);
    return is_there;
}

} // namespace stemlathe::test
