#include "fuse/push_policy.h"

#include <algorithm>
#include <utility>

namespace isofuse::fuse {

PushWindow::PushWindow(std::size_t files, unsigned confidence)
    : orders_(1), done_in_(files), confidence_(std::min(confidence, kConfidenceMax)) {}

void PushWindow::add_order(std::vector<std::uint32_t> sequence) {
  Order order;
  order.rank.resize(sequence.size());
  for (std::uint32_t rank = 0; rank < sequence.size(); ++rank) order.rank[sequence[rank]] = rank;
  order.sequence = std::move(sequence);
  orders_.push_back(std::move(order));
}

std::size_t PushWindow::rank_of(std::size_t order, std::uint32_t file) const {
  const Order& o = orders_[order];
  return o.rank.empty() ? file : o.rank[file];
}

std::uint32_t PushWindow::file_at(std::size_t order, std::size_t rank) const {
  const Order& o = orders_[order];
  return o.sequence.empty() ? static_cast<std::uint32_t>(rank) : o.sequence[rank];
}

bool PushWindow::follows(std::size_t rank) const {
  return rank >= front_ && rank - front_ <= kGapMax;
}

/// An order in which the file comes right behind one that was done just now. A reader that follows
/// an order which we did not expect finds some of its files pushed by chance, so "just now" is the
/// last read and what was pushed after it.
std::optional<std::size_t> PushWindow::other_order(std::uint32_t file) const {
  for (std::size_t order = 0; order < orders_.size(); ++order) {
    const std::size_t rank = rank_of(order, file);
    if (order == current_ || rank == 0) continue;
    const std::uint32_t done_in = done_in_[file_at(order, rank - 1)];
    if (done_in != 0 && done_in + 1 >= round_) return order;
  }
  return std::nullopt;
}

void PushWindow::open_window() {
  files_left_ = confidence_ == 0 ? 0 : std::size_t{1} << confidence_;
  bytes_left_ = kWindowBytesMax;
}

void PushWindow::begin() {
  round_ = 1;
  open_window();
}

PushWindow::Verdict PushWindow::accept(std::size_t rank) {
  front_ = rank + 1;
  read_through_ = rank > 0 && front_ == done_in_.size();
  open_window();
  return Verdict::kFollowed;
}

PushWindow::Verdict PushWindow::on_read(std::uint32_t file) {
  // The same file again, or one whose push came too late to save the request.
  if (done_in_[file] != 0) return Verdict::kKnown;
  const std::size_t rank = rank_of(current_, file);
  const bool first = round_ == 0;
  if (!first && !follows(rank) && !orders_complete_) {
    orders_complete_ = true;  // asked for once
    return Verdict::kOrdersWanted;
  }
  const auto other = first || follows(rank) ? std::nullopt : other_order(file);
  done_in_[file] = ++round_;
  if (first) return accept(rank);
  if (follows(rank)) {
    confidence_ = std::min(confidence_ + 1, kConfidenceMax);
    unconfirmed_ = false;
    return accept(rank);
  }
  if (other) {
    current_ = *other;
    confidence_ = std::max(1U, confidence_ / 2);
    unconfirmed_ = false;
    return accept(rank_of(current_, file));
  }
  front_ = rank + 1;
  confidence_ = 0;
  open_window();
  return Verdict::kJumped;
}

std::optional<std::uint32_t> PushWindow::next() {
  while (files_left_ > 0 && bytes_left_ > 0 && front_ + 1 < done_in_.size()) {
    const std::uint32_t file = file_at(current_, front_++);
    if (done_in_[file] != 0) continue;
    done_in_[file] = round_;
    --files_left_;
    return file;
  }
  files_left_ = 0;
  return std::nullopt;
}

void PushWindow::pushed(std::uint64_t bytes) {
  bytes_left_ -= std::min(bytes, bytes_left_);
  unconfirmed_ = true;
}

void PushWindow::refused(std::uint32_t file) {
  done_in_[file] = 0;
  front_ = std::min(front_, rank_of(current_, file));
  files_left_ = 0;
}

std::size_t PushWindow::memory_bytes() const {
  std::size_t numbers = done_in_.capacity();
  for (const Order& order : orders_) numbers += order.sequence.capacity() + order.rank.capacity();
  return numbers * sizeof(std::uint32_t);
}

void PushConfidence::followed(unsigned confidence) { value_ = std::max(value_, confidence); }

void PushConfidence::disappointed() {
  value_ = value_ < 2 ? 0 : value_ - 2;
  read_through_ = 0;
}

void PushConfidence::read_through() { read_through_ = std::min(read_through_ + 1, kEagerAfter); }

}  // namespace isofuse::fuse
