#pragma once
// For a Filesystem that is another one with something added.
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <isofuse/filesystem.h>

namespace isofuse {

/// Hands every operation on to the one behind it, which must outlive it.
class ForwardingFilesystem : public Filesystem {
 public:
  explicit ForwardingFilesystem(const Filesystem& behind) : behind_(behind) {}

  [[nodiscard]] View view() const override { return behind_.view(); }
  [[nodiscard]] NodeId root() const override { return behind_.root(); }
  Result<Attributes> attributes(NodeId node) const override { return behind_.attributes(node); }
  Result<std::shared_ptr<const Directory>> directory(NodeId node) const override {
    return behind_.directory(node);
  }
  Result<NodeId> parent(NodeId directory) const override { return behind_.parent(directory); }
  Result<std::string> link_target(NodeId node) const override { return behind_.link_target(node); }
  Result<Extent> extent(NodeId node, std::uint64_t offset) const override {
    return behind_.extent(node, offset);
  }
  Result<DecodedBytes> decode(NodeId node, std::uint64_t offset) const override {
    return behind_.decode(node, offset);
  }
  Result<std::vector<ExtendedAttribute>> extended_attributes(NodeId node) const override {
    return behind_.extended_attributes(node);
  }
  [[nodiscard]] VolumeStats stats() const override { return behind_.stats(); }
  [[nodiscard]] std::string label() const override { return behind_.label(); }
  [[nodiscard]] std::string format() const override { return behind_.format(); }
  [[nodiscard]] CacheCounters cache_counters() const override { return behind_.cache_counters(); }
  [[nodiscard]] nlohmann::ordered_json facts() const override { return behind_.facts(); }
  void check_structure(const FindingHandler& found) const override {
    behind_.check_structure(found);
  }
  [[nodiscard]] std::vector<RecordedSum> recorded_sums() const override {
    return behind_.recorded_sums();
  }

 protected:
  [[nodiscard]] const Filesystem& behind() const { return behind_; }

 private:
  const Filesystem& behind_;
};

}  // namespace isofuse
