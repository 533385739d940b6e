#pragma once

#include <unistd.h>

#include <utility>

/// Private to formats/.
namespace stemlathe::formats {

/// Owns a file descriptor.
class Descriptor {
  public:
    Descriptor() = default;

    explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}

    Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;

    ~Descriptor() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

    [[nodiscard]] int get() const noexcept {
        return descriptor_;
    }

    [[nodiscard]] bool is_open() const noexcept {
        return descriptor_ >= 0;
    }

  private:
    int descriptor_ = -1;
};

} // namespace stemlathe::formats
