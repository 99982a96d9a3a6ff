// Into which pieces recv cut a stream, trial by trial, and how far two sets of trials are apart.
//
// The unit is the trial: the recvs of one connection depend on each other, so each trial gives one
// histogram of shares, and histograms are averaged over trials; recvs are never pooled.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <span>
#include <vector>

namespace tcplab::bench {

// The sizes of all recvs of one trial, in their order.
using RecvSizes = std::vector<std::size_t>;

// share[n]: which part of the recvs returned n bytes.
using Shares = std::vector<double>;

inline Shares SharesOf(const RecvSizes& sizes, std::size_t largest) {
  Shares shares(largest + 1, 0.0);
  for (const std::size_t size : sizes) shares[size] += 1.0 / static_cast<double>(sizes.size());
  return shares;
}

inline double TotalVariation(const Shares& a, const Shares& b) {
  double distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) distance += std::abs(a[i] - b[i]);
  return distance / 2;
}

// `trials` of one program, ready to be averaged and divided anew.
class Sample {
 public:
  Sample() = default;
  Sample(std::span<const RecvSizes> trials, std::size_t largest) {
    for (const RecvSizes& sizes : trials) trials_.push_back(SharesOf(sizes, largest));
  }

  [[nodiscard]] std::size_t size() const { return trials_.size(); }
  [[nodiscard]] const std::vector<Shares>& trials() const { return trials_; }

  // The mean over the trials whose numbers are given.
  [[nodiscard]] Shares Mean(std::span<const std::size_t> numbers) const {
    Shares mean(trials_.front().size(), 0.0);
    for (const std::size_t number : numbers) {
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += trials_[number][i];
    }
    for (double& share : mean) share /= static_cast<double>(numbers.size());
    return mean;
  }
  [[nodiscard]] Shares Mean() const {
    std::vector<std::size_t> all(trials_.size());
    std::iota(all.begin(), all.end(), 0);
    return Mean(all);
  }

  void Append(const Sample& other) {
    trials_.insert(trials_.end(), other.trials_.begin(), other.trials_.end());
  }

 private:
  std::vector<Shares> trials_;
};

inline double Distance(const Sample& a, const Sample& b) {
  return TotalVariation(a.Mean(), b.Mean());
}

// What chance alone does: the distances of `rounds` random divisions of all these trials, which are
// of one program, into two halves.
inline std::vector<double> DistancesByChance(const Sample& all, std::size_t rounds,
                                             std::mt19937_64& random) {
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> distances;
  const std::size_t half = all.size() / 2;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    const std::span<const std::size_t> numbers(order);
    distances.push_back(
        TotalVariation(all.Mean(numbers.first(half)), all.Mean(numbers.subspan(half))));
  }
  return distances;
}

}  // namespace tcplab::bench
