#include "core/agent/loop_thread.h"

#include <algorithm>
#include <utility>

namespace tcplab {

LoopThread::LoopThread() {
  wake_.emplace(loop_, [this] { OnWake(); });
}

LoopThread::~LoopThread() {
  Stop();
  wake_.reset();
}

Status LoopThread::Start() {
  Result<Thread> thread = Thread::Start([this] {
    id_.store(std::this_thread::get_id());
    SysMinimiseTimerSlack();
    loop_.Run();
  });
  if (!thread) return Forward(thread);
  thread_.emplace(std::move(*thread));
  return {};
}

void LoopThread::Run(const std::function<void()>& work) {
  if (!thread_) {
    work();
    return;
  }
  std::unique_lock lock(mutex_);
  work_.push_back(&work);
  wake_->Send();
  done_.wait(lock, [&] { return std::find(work_.begin(), work_.end(), &work) == work_.end(); });
}

void LoopThread::Stop() {
  if (!thread_) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_->Send();
  thread_->Join();
  thread_.reset();
}

void LoopThread::OnWake() {
  std::unique_lock lock(mutex_);
  while (!work_.empty()) {
    const std::function<void()>* work = work_.front();
    lock.unlock();
    (*work)();
    lock.lock();
    work_.erase(work_.begin());
    done_.notify_all();
  }
  if (stopping_) loop_.Stop();
}

}  // namespace tcplab
