#pragma once
// Extended attributes and ACLs: the Arbitrary Attribute Interchange Protocol (AAIP 2.0, libburnia).
#include <cstddef>
#include <span>
#include <vector>

#include <isofuse/filesystem.h>

namespace isofuse::iso9660 {

/// The attributes in the component records of a file's AL entries, laid end to end. The ACL becomes
/// system.posix_acl_access and system.posix_acl_default in the form of Linux; "isofs." becomes
/// "user.isofs.". What is damaged or exceeds the limits of limits.h is left out.
[[nodiscard]] std::vector<ExtendedAttribute> parse_attribute_list(
    std::span<const std::byte> components);

}  // namespace isofuse::iso9660
