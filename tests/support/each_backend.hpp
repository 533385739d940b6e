#pragma once

#include "kernels/backend.hpp"
#include "kernels/base/failure.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace stemlathe::test {

/// Runs a test body once per backend. Where there is no usable GPU the cuda variant is skipped in
/// words.
///   using Limiter = EachBackend;
///   TEST_P(Limiter, NeverExceedsItsCeiling) { auto const stage = backend->make_limiter({...}); ...
///   } INSTANTIATE_EACH_BACKEND(Limiter);
class EachBackend : public ::testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        try {
            backend = open_backend(parse_backend_choice(GetParam()));
        } catch (Failure const& failure) {
            GTEST_SKIP() << failure.what();
        }
    }

    std::unique_ptr<Backend> backend;
};

/// How a variant is called in ctest.
inline std::string backend_name(::testing::TestParamInfo<std::string> const& variant) {
    return variant.param;
}

} // namespace stemlathe::test

#define INSTANTIATE_EACH_BACKEND(suite)                                                            \
    INSTANTIATE_TEST_SUITE_P(                                                                      \
        On, suite, ::testing::Values("cpu", "cuda"), stemlathe::test::backend_name                 \
    )
