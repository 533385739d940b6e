#pragma once

#include "service/blobs/s3/sigv4.hpp"

#include <chrono>
#include <string>

/// Keys that are lent for some hours to whom a machine, a container or a pod is.
/// Each asks thrice. @throws StoreUnavailable nobody answers, or not with keys;
/// Failure{invalid_argument} it is not set up
namespace stemlathe::service {

struct LentCredentials {
    S3Credentials credentials{};
    std::chrono::sys_seconds expires{};
};

/// From AWS_CONTAINER_CREDENTIALS_FULL_URI or .._RELATIVE_URI, with
/// AWS_CONTAINER_AUTHORIZATION_TOKEN or the file of .._TOKEN_FILE (ECS, EKS Pod Identity).
[[nodiscard]] bool is_container_role_set();
[[nodiscard]] LentCredentials lent_to_container();

/// From AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN by AssumeRoleWithWebIdentity (Kubernetes
/// service accounts), at AWS_ENDPOINT_URL_STS or Amazon's of the region.
[[nodiscard]] bool is_web_identity_set();
[[nodiscard]] LentCredentials lent_to_web_identity(std::string const& region);

/// From the metadata service of an EC2 machine, version 2, at AWS_EC2_METADATA_SERVICE_ENDPOINT or
/// where Amazon has it.
[[nodiscard]] LentCredentials lent_to_instance();

} // namespace stemlathe::service
